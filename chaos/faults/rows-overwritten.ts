import type { RunSql } from '../../src/domain/backup.ts'
import { byAnswer, quoted } from './database-of.ts'
import { type NodeFault, textOf } from './fault.ts'
import { bringBack, harmAtPoint, takeBackup } from './restored.ts'

/** What every row says afterwards. */
const wrongText = 'overwritten by squall'
/** Enough to see it, few enough to ask for many times a second. */
const rowsLookedAt = 200
const anyColumn = 'any'

/** Columns of texts that fit the wrong one, and that no key, index or check would keep from having it in each row. */
const freeColumns = (table: string) => `select quote_ident(attname) as name from pg_attribute a
  where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
    and (atttypid = 'text'::regtype or (atttypid = 'varchar'::regtype and (atttypmod < 0 or atttypmod > ${wrongText.length + 4})))
    and not exists (select from pg_index where indrelid = attrelid and attnum = any (indkey))
    and not exists (select from pg_constraint where conrelid = attrelid and attnum = any (conkey))
  order by attnum limit 1`

async function columnOf(run: RunSql, table: string, wanted: string): Promise<string> {
  if (wanted !== anyColumn) return `"${wanted}"`
  const [row] = await run(freeColumns(table))
  if (typeof row?.name !== 'string')
    throw new Error(`${table} has no column of texts without index, key or check: name one`)
  return row.name
}

/** An UPDATE without its WHERE. Every row comes back as it was; what was written since into other rows stays. */
export const rowsOverwritten: NodeFault = {
  name: 'rows-overwritten',
  title: 'one column of all rows of a table overwritten; they come back by point-in-time recovery',
  on: 'node',
  roles: ['postgres'],
  needsBackups: 'archive',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    table: { kind: 'name', unit: '', why: 'its name, with its schema where it needs one; it has a primary key' },
    column: {
      kind: 'name',
      unit: '',
      default: anyColumn,
      why: '`any`: the first of texts that no index, key or check rests on',
    },
  },
  prepare: (node) => takeBackup(node, 'base-backup'),
  apply(node, parameters) {
    const table = quoted(textOf(parameters, 'table'))
    const act = async (run: RunSql): Promise<void> => {
      const column = await columnOf(run, table, textOf(parameters, 'column'))
      await run(`update ${table} set ${column} = '${wrongText}'`)
    }
    return harmAtPoint(node, { table, lock: 'share row exclusive', act })
  },
  heal: (node) => bringBack(node, 'returnRows'),
  question: (parameters) => ({
    sql: `select count(*) > 0 from (select r::text as row from ${quoted(textOf(parameters, 'table'))} r
      limit ${rowsLookedAt}) looked where row like '%${wrongText}%'`,
    isLarge: false,
    isInSystemDatabase: true,
  }),
  seenBy: () => ['long'],
  isAffected: (sample) => byAnswer(sample, (answer) => answer === 'true'),
}
