import pg from 'pg'
import type { RecordedVia } from '../domain/plan.ts'
import type { Found } from './record.ts'

/** A count of some ten thousand rows takes ms; a database that has just recovered may be slow. */
const readMsMax = 20_000
const connectMsMax = 4_000

export interface SurvivorsQuery {
  readonly via: RecordedVia
  /** Gives rows of `op` and `copies`, of updates also `register` and `at`. */
  readonly sql: string
  readonly values: readonly string[]
}

export type Survivor = Found & { readonly op: string }

export interface Survivors {
  /** Timeline of the database that was read: it rises with each promotion. */
  readonly timeline: number
  readonly rows: readonly Survivor[]
}

/**
 * What the database holds of the ledger's writes. Rejects with the database's error, or where it is one that only
 * follows: what a replica does not show yet is not lost.
 */
export async function readSurvivors(url: string, { sql, values }: SurvivorsQuery): Promise<Survivors> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'squall ledger',
    connectionTimeoutMillis: connectMsMax,
    query_timeout: readMsMax,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const {
      rows: [place],
    } = await client.query<{ follows: boolean; timeline: string }>(
      `select pg_is_in_recovery() as follows,
              case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline`,
    )
    if (place === undefined || place.follows) throw new Error('it follows another database')
    const { rows } = await client.query<Survivor>(sql, [...values])
    return { timeline: Number.parseInt(place.timeline, 16), rows }
  } finally {
    client.end().catch(() => undefined)
  }
}
