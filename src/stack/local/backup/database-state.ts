import type { DatabaseState, RunSql, TableState } from '../../../domain/backup.ts'

/** What a database holds, told so that two servers with the same rows tell the same. */

const tablesSql = `select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  order by 1`

export async function tableNames(run: RunSql): Promise<readonly string[]> {
  return (await run(tablesSql)).map((row) => textOf(row.name))
}

/** Columns that hold a moment. A timestamp without a zone is read as UTC. */
async function momentColumns(run: RunSql, table: string): Promise<readonly string[]> {
  const rows = await run(`select quote_ident(attname) as name from pg_attribute
    where attrelid = ${quoteText(table)}::regclass and attnum > 0 and not attisdropped
    and atttypid in ('timestamptz'::regtype, 'timestamp'::regtype)`)
  return rows.map((row) => textOf(row.name))
}

interface Looked extends TableState {
  readonly newestRowAgeS: number | null
}

/** Of the rows of `t`. A sum of hashes does not mind the order, and counts what is there twice. */
export const rowsAndChecksum = 'count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as checksum'

/** One scan: rows, checksum, age of the newest row. */
async function lookAt(run: RunSql, table: string): Promise<Looked> {
  const moments = await momentColumns(run, table)
  const newest = moments.map((column) => `max(${column}) filter (where ${column} <= now() and isfinite(${column}))`)
  const age = newest.length === 0 ? 'null' : `extract(epoch from now() - greatest(${newest.join(', ')}))`
  const [row] = await run(`select ${rowsAndChecksum}, ${age} as age from ${table} t`)
  const { rows = null, checksum = null, age: ageS = null } = row ?? {}
  return {
    name: table,
    rows: Number(textOf(rows)),
    checksum: textOf(checksum),
    newestRowAgeS: ageS === null ? null : Number(ageS),
  }
}

/** `table` as PostgreSQL finds it, such as `customers` or `public.customers`. Rejects where there is none. */
export async function readTable(run: RunSql, table: string): Promise<TableState> {
  const [row] = await run(`select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${quoteText(table)}::regclass`)
  const { name, rows, checksum } = await lookAt(run, textOf(row?.name))
  return { name, rows, checksum }
}

/** Those that another object makes the values of, such as an identity column, and whose next value is taken already. */
async function sequencesBehind(run: RunSql): Promise<readonly string[]> {
  const owned = await run(`select format('%I.%I', sn.nspname, s.relname) as sequence,
      format('%I.%I', tn.nspname, t.relname) as table, quote_ident(a.attname) as column, q.seqincrement as step
    from pg_depend d
    join pg_class s on s.oid = d.objid and s.relkind = 'S'
    join pg_namespace sn on sn.oid = s.relnamespace
    join pg_sequence q on q.seqrelid = s.oid and q.seqincrement > 0
    join pg_class t on t.oid = d.refobjid
    join pg_namespace tn on tn.oid = t.relnamespace
    join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')`)
  if (owned.length === 0) return []
  const looks = owned.map(
    ({ sequence, table, column, step }) => `select ${quoteText(textOf(sequence))} as name from ${sequence} s
      where (select max(${column}) from ${table}) >= s.last_value + case when s.is_called then ${step} else 0 end`,
  )
  return (await run(looks.join(' union all '))).map((row) => textOf(row.name))
}

const constraintsSql = `select format('%I on %s', conname, conrelid::regclass) as name from pg_constraint
  where not convalidated`
const indexesSql = 'select indexrelid::regclass::text as name from pg_index where not (indisvalid and indisready)'

/**
 * Foreign keys of which a row has nobody to point to, whatever the catalogue says of them: a restore without its triggers,
 * or a harm to the files, leaves such.
 */
const foreignKeysSql = `select format('%I on %s', c.conname, c.conrelid::regclass) as name,
    format('select 1 from %s c where %s and not exists (select 1 from %s p where %s)',
      case r.relkind when 'r' then 'only ' else '' end || c.conrelid::regclass,
      string_agg(format('c.%I is not null', a.attname), ' and '), c.confrelid::regclass,
      string_agg(format('p.%I = c.%I', f.attname, a.attname), ' and ')) as orphans
  from pg_constraint c
  join pg_class r on r.oid = c.conrelid
  cross join lateral unnest(c.conkey, c.confkey) as k (child, parent)
  join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.child
  join pg_attribute f on f.attrelid = c.confrelid and f.attnum = k.parent
  where c.contype = 'f' and c.convalidated and c.conparentid = 0
  group by c.oid, c.conname, c.conrelid, c.confrelid, r.relkind order by 1`

async function foreignKeysBroken(run: RunSql): Promise<readonly string[]> {
  const keys = await run(foreignKeysSql)
  if (keys.length === 0) return []
  const looks = keys.map(({ name, orphans }) => `select ${quoteText(textOf(name))} as name where exists (${orphans})`)
  return (await run(looks.join(' union all '))).map((row) => textOf(row.name))
}

/** `tables`: which of them are looked into; each is read as a whole. */
export async function readDatabase(run: RunSql, tables: 'all' | readonly string[]): Promise<DatabaseState> {
  const names = await tableNames(run)
  const looked: Looked[] = []
  for (const table of tables === 'all' ? names : names.filter((name) => tables.includes(name)))
    looked.push(await lookAt(run, table))
  const ages = looked.flatMap(({ newestRowAgeS }) => newestRowAgeS ?? [])
  return {
    names,
    tables: looked.map(({ name, rows, checksum }) => ({ name, rows, checksum })),
    newestRowAgeS: ages.length === 0 ? null : Math.min(...ages),
    sequencesBehind: await sequencesBehind(run),
    constraintsInvalid: [
      ...(await run(constraintsSql)).map((row) => textOf(row.name)),
      ...(await foreignKeysBroken(run)),
    ],
    indexesInvalid: (await run(indexesSql)).map((row) => textOf(row.name)),
  }
}

/** With standard_conforming_strings, which is PostgreSQL's default, a quote is all that has to be doubled. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function textOf(value: string | null | undefined): string {
  if (value === null || value === undefined) throw new Error('the database gave no value where it always has one')
  return value
}
