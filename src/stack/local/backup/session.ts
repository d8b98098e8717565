import pg from 'pg'
import type { RunSql } from '../../../domain/backup.ts'
import { attemptMsMax } from '../limits.ts'

/** How values are written as text: the same in every session, so that checksums can be held against each other. */
const alike = {
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
}

/** SQL that has a session write them so, or only its present transaction. */
export function writeAlike(scope: 'session' | 'local'): string {
  return Object.entries(alike)
    .map(([name, value]) => `set ${scope} ${name} = '${value}'`)
    .join('; ')
}

/**
 * A connection of the stack's own for one piece of work, values as texts. Each call of `run` is a transaction unless
 * one was begun; a session that ends rolls back. `msMax` bounds each.
 */
export async function withSession<T>(url: string, msMax: number, work: (run: RunSql) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: attemptMsMax * 4,
    query_timeout: msMax,
    // The server gives up as well: one that went on after us would hold its locks.
    statement_timeout: msMax,
    application_name: 'squall stack',
    types: { getTypeParser: () => (value: unknown) => value },
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(writeAlike('session'))
    return await work(async (sql) => {
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql)
      return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
    })
  } finally {
    // Not waited for: a server that hangs must not make us hang.
    client.end().catch(() => undefined)
  }
}
