import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RestorePoint, RunSql, TableState } from '../../../domain/backup.ts'
import { type BackupSetting, liveUrl, program, runProgram } from './backup-setting.ts'
import { quoteText, rowsAndChecksum, textOf } from './database-state.ts'
import { restoreMsMax, returnTriesMax } from './limits.ts'
import type { OwnServer } from './restored-server.ts'
import { withSession, writeAlike } from './session.ts'

/** One table from a restored server into the live database; all others stay as they are. */

/** What pg_dump takes for the very name, and for no pattern. */
async function patternOf(run: RunSql, table: string): Promise<string> {
  const [row] =
    await run(`select format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""')) as is
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${quoteText(table)}::regclass`)
  return textOf(row?.is)
}

/** Keys of others to the table, which go with it, in words that need no search path. */
async function keysTo(run: RunSql, table: string): Promise<readonly string[]> {
  await run("set search_path = ''")
  const rows = await run(`select format('alter table %s add constraint %I %s', conrelid::regclass, conname,
      pg_get_constraintdef(oid)) as sql from pg_constraint
    where contype = 'f' and confrelid = ${quoteText(table)}::regclass and conrelid <> confrelid
      and conparentid = 0 order by conrelid, conname`)
  return rows.map((row) => textOf(row.sql))
}

/** Fails, and with it the whole transaction, unless the table is what it was. */
function mustBe({ name, rows, checksum }: TableState): string {
  return `do $$ declare it record; begin
    ${writeAlike('local')};
    select ${rowsAndChecksum} into it from ${name} t;
    if it.rows <> ${rows} or it.checksum <> ${quoteText(checksum)} then
      raise exception 'it has % rows, not ${rows}, or other ones', it.rows;
    end if; end $$`
}

/** A table that is there, since nobody has dropped it after all, is left alone: 0 rows. */
export async function returnTable(setting: BackupSetting, from: OwnServer, { table }: RestorePoint): Promise<number> {
  const { engines, dir } = setting
  const name = quoteText(table.name)
  const isThere = () =>
    withSession(liveUrl(setting), restoreMsMax, async (run) => {
      const [row] = await run(`select to_regclass(${name}) is not null as is`)
      return row?.is === 't'
    })
  if (await isThere()) return 0
  const { keys, pattern } = await withSession(from.url, restoreMsMax, async (run) => ({
    pattern: await patternOf(run, table.name),
    keys: await keysTo(run, table.name),
  }))
  const base = join(dir, setting.newName('table'))
  await writeFile(`${base}.keys.sql`, `${[...keys, mustBe(table), `analyze ${table.name}`].join(';\n')};\n`)
  const { database } = engines.dataTemplate
  const dump = [program(setting, 'pg_dump'), '-t', pattern, '-f', `${base}.sql`, '-d', database]
  await runProgram(setting, { what: 'dump-table', port: from.port, msMax: restoreMsMax }, dump)
  // All or nothing: the table, its own keys and sequences, then the keys of others to it, then the look that it is right.
  const files = ['-f', `${base}.sql`, '-f', `${base}.keys.sql`]
  const psql = [program(setting, 'psql'), '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', ...files, '-d', database]
  for (let tries = 1; ; tries += 1) {
    try {
      await runProgram(setting, { what: 'return-table', msMax: restoreMsMax }, psql)
      return table.rows
    } catch (error) {
      if (tries >= returnTriesMax || setting.context.signal.aborted) throw error
    }
  }
}

interface Columns {
  /** What can be written: not what is computed from other columns. */
  readonly all: readonly string[]
  readonly key: readonly string[]
}

async function columnsOf(run: RunSql, table: string): Promise<Columns> {
  const rows = await run(`select quote_ident(a.attname) as name, coalesce(a.attnum = any (i.indkey), false) as is_key
    from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = ${quoteText(table)}::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum`)
  const key = rows.filter((row) => row.is_key === 't').map((row) => textOf(row.name))
  if (key.length === 0)
    throw new Error(`${table} has no primary key: its rows cannot be told from those that came since`)
  return { all: rows.map((row) => textOf(row.name)), key }
}

/** Writers wait from the first look to the end; they find all rows, those that came since among them. */
export async function returnRows(setting: BackupSetting, from: OwnServer, { table }: RestorePoint): Promise<number> {
  const { name } = table
  const path = quoteText(join(setting.dir, setting.newName('rows')))
  const { all, key } = await withSession(from.url, restoreMsMax, async (run) => {
    const columns = await columnsOf(run, name)
    await run(`copy ${name} (${columns.all.join(', ')}) to ${path} (format binary)`)
    return columns
  })
  const changed = all.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`)
  const put = changed.length === 0 ? 'do nothing' : `do update set ${changed.join(', ')}`
  await withSession(liveUrl(setting), restoreMsMax, async (run) => {
    await run('begin')
    await run(`lock table ${name} in share row exclusive mode`)
    await run(`create temp table squall_rows (like ${name})`)
    await run(`copy squall_rows (${all.join(', ')}) from ${path} (format binary)`)
    await run(`insert into ${name} (${all.join(', ')}) overriding system value
      select ${all.join(', ')} from squall_rows on conflict (${key.join(', ')}) ${put}`)
    const same = key.map((column) => `r.${column} = t.${column}`).join(' and ')
    const [is] = await run(`select ${rowsAndChecksum}
      from ${name} t where exists (select from squall_rows r where ${same})`)
    if (Number(is?.rows) !== table.rows || is?.checksum !== table.checksum)
      throw new Error(`${name} would have ${is?.rows} of its ${table.rows} rows, or others: nothing was changed`)
    await run('commit')
  })
  return table.rows
}
