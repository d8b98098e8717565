import type { RunSql } from '../../src/domain/backup.ts'
import { byAnswer, quoted } from './database-of.ts'
import { type NodeFault, textOf } from './fault.ts'
import { bringBack, harmAtPoint, takeBackup } from './restored.ts'

const undefinedTable = '42P01'

/** The keys of others to a table would keep it from being dropped; they are brought back with it. */
const keysTo = (
  table: string,
) => `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as sql
  from pg_constraint where contype = 'f' and confrelid = '${table}'::regclass and conrelid <> confrelid`

async function drop(run: RunSql, table: string): Promise<void> {
  for (const { sql } of await run(keysTo(table))) await run(String(sql))
  try {
    // What else rests on it, such as a view, could not be brought back: PostgreSQL refuses, and names it.
    await run(`drop table ${table}`)
  } catch (error) {
    const { detail } = error as { readonly detail?: unknown }
    if (error instanceof Error && typeof detail === 'string') error.message += `: ${detail}`
    throw error
  }
}

/** Somebody drops a table, as by a migration on the wrong database. It comes back from a backup, and nothing else does. */
export const tableDropped: NodeFault = {
  name: 'table-dropped',
  title: 'one table dropped; it comes back by point-in-time recovery to just before',
  on: 'node',
  roles: ['postgres'],
  needsBackups: 'archive',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    table: { kind: 'name', unit: '', why: 'its name, with its schema where it needs one; no view may rest on it' },
  },
  prepare: (node) => takeBackup(node, 'base-backup'),
  apply(node, parameters) {
    const table = quoted(textOf(parameters, 'table'))
    return harmAtPoint(node, { table, lock: 'access exclusive', act: (run) => drop(run, table) })
  },
  heal: (node) => bringBack(node, 'returnTable'),
  question: (parameters) => ({
    sql: `select exists (select from ${quoted(textOf(parameters, 'table'))})`,
    isLarge: false,
    isInSystemDatabase: true,
  }),
  seenBy: () => ['long'],
  isAffected: (sample) =>
    sample.sqlState === undefinedTable ? true : byAnswer(sample, (answer) => answer === 'false'),
}
