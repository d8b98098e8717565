import pg from 'pg'
import type { LiveState, RunSql } from '../../../domain/backup.ts'
import { quoteText, readDatabase, tableNames, textOf } from './database-state.ts'
import { liveMsMax } from './limits.ts'
import { withSession } from './session.ts'

/** `isLookedInto`: whose rows are read. Rejects with the database's error, or where it only follows another. */
export function readLive(url: string, isLookedInto: (table: string) => boolean): Promise<LiveState> {
  return withSession(url, liveMsMax, async (run) => {
    const [place] = await run('select pg_is_in_recovery() as follows')
    if (place?.follows !== 'f') throw new Error('it follows another database')
    const state = await readDatabase(run, (await tableNames(run)).filter(isLookedInto))
    const [amcheck] = await run(amcheckSql)
    if (amcheck === undefined) return { ...state, indexesCheckedBy: 'catalog' }
    const broken = await brokenIndexes(run, textOf(amcheck.schema))
    const indexesInvalid = [...new Set([...state.indexesInvalid, ...broken])]
    return { ...state, indexesInvalid, indexesCheckedBy: 'amcheck' }
  })
}

const amcheckSql = `select quote_ident(n.nspname) as schema from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'`
const treesSql = `select i.indexrelid::regclass::text as name from pg_index i
  join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
  join pg_namespace n on n.oid = c.relnamespace
  where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence = 'p' and i.indisvalid
  and n.nspname !~ '^pg_' order by 1`

/** index_corrupted and data_corrupted: what amcheck says of an index that lies. */
const corrupted = ['XX002', 'XX001']

/** Each in a transaction of its own: the first that is broken ends it. */
async function brokenIndexes(run: RunSql, schema: string): Promise<readonly string[]> {
  const broken: string[] = []
  for (const row of await run(treesSql)) {
    const name = textOf(row.name)
    try {
      await run(`select ${schema}.bt_index_check(${quoteText(name)}::regclass, true)`)
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || !corrupted.includes(error.code ?? '')) throw error
      broken.push(name)
    }
  }
  return broken
}
