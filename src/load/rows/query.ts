import pg from 'pg'
import type { Json, JsonObject } from '../../domain/json.ts'
import { rowsOf } from '../../domain/rows.ts'
import { connectMsMax, queryMsMax, rowsMax } from './limits.ts'

/**
 * The rows of one SELECT, read-only and bounded, with PostgreSQL's own idea of how their values look in JSON. Rejects
 * with the database's error, or a RangeError where there are no rows.
 */
export async function rowsOfQuery(databaseUrl: string, query: string): Promise<readonly JsonObject[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'squall arguments',
    connectionTimeoutMillis: connectMsMax,
    query_timeout: queryMsMax + connectMsMax,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('begin read only')
    // Not as a parameter of the connection: poolers refuse those.
    await client.query(`set local statement_timeout = ${queryMsMax}`)
    const found = await client.query<{ row: Json }>(boundedQuery(query))
    const rows = rowsOf(
      found.rows.map(({ row }) => row),
      rowsMax,
    )
    if (rows.length === 0) throw new RangeError('it gives no rows')
    return rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** A statement of its own in brackets can only be a SELECT; the line break ends a comment at its end. */
export function boundedQuery(query: string): string {
  return `select to_jsonb(asked) as row from (${query.trim().replace(/;+$/, '')}\n) as asked limit ${rowsMax}`
}
