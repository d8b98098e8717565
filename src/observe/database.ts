import pg from 'pg'
import type { Clock } from '../domain/clock.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'

export interface DatabaseSamplerSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  /** Straight to the database, past every proxy. */
  readonly databaseUrl: string
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

/** What our own connections call themselves, so that they are told apart from the system's. */
export const observerName = 'squall'

const queryTimeoutMs = 1_000

/**
 * One round trip: gauges of pg_stat_activity, counters of pg_stat_database (all databases), and when the postmaster
 * and the checkpointer started (the second one changes when a backend's crash restarts all the others); of a primary,
 * how far its log reaches and how far each follower has replayed it.
 * The system's own backends are the client backends that do not carry our application_name.
 */
const query = `
  select
    count(*) filter (where own)::int as connections,
    count(*) filter (where own and state = 'active')::int as active,
    count(*) filter (where own and state like 'idle in transaction%')::int as idle_in_transaction,
    count(*) filter (where own and wait_event_type = 'Lock')::int as waiting_on_lock,
    count(*) filter (where backend_type = 'client backend')::int as all_connections,
    current_setting('max_connections')::int as max_connections,
    (select sum(deadlocks)::bigint from pg_stat_database) as deadlocks,
    (select sum(xact_commit)::bigint from pg_stat_database) as commits,
    (select sum(xact_rollback)::bigint from pg_stat_database) as rollbacks,
    (select sum(blks_hit)::bigint from pg_stat_database) as blocks_hit,
    (select sum(blks_read)::bigint from pg_stat_database) as blocks_read,
    (select sessions from pg_stat_database where datname = current_database()) as sessions,
    case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint end as written,
    (select json_agg(json_build_array(application_name, pg_wal_lsn_diff(replay_lsn, '0/0')::bigint))
      from pg_stat_replication where replay_lsn is not null) as followers,
    pg_postmaster_start_time()::text || ' ' ||
      coalesce(max(backend_start) filter (where backend_type = 'checkpointer'), 'epoch')::text as started_at
  from (
    select *, backend_type = 'client backend' and application_name not like '${observerName}%' as own
    from pg_stat_activity
  ) activity`

const numberColumns = [
  'connections',
  'active',
  'idle_in_transaction',
  'waiting_on_lock',
  'all_connections',
  'max_connections',
  'deadlocks',
  'commits',
  'rollbacks',
  'blocks_hit',
  'blocks_read',
  'sessions',
] as const

const missing: readonly null[] = Array.from({ length: numberColumns.length + 3 }, () => null)

function cells(row: Record<string, unknown>): readonly unknown[] {
  const number = (name: string): number | null => (row[name] === null ? null : Number(row[name]))
  return [...numberColumns.map(number), row.started_at ?? null, number('written'), row.followers ?? null]
}

/** One connection, opened anew after each failure, so that the first sample after a restart comes at once. */
export function sampleDatabase(spec: DatabaseSamplerSpec): Sampler {
  let client: pg.Client | null = null
  const connect = async () => {
    const fresh = new pg.Client({
      connectionString: spec.databaseUrl,
      application_name: `${observerName} observer`,
      connectionTimeoutMillis: queryTimeoutMs,
      query_timeout: queryTimeoutMs,
    })
    fresh.on('error', () => undefined)
    try {
      await fresh.connect()
    } catch (cause) {
      await fresh.end().catch(() => undefined)
      throw cause
    }
    return fresh
  }
  const drop = async () => {
    const broken = client
    client = null
    await Promise.race([broken?.end().catch(() => undefined), spec.clock.sleep(200)])
  }
  const sample = async () => {
    const askedUs = spec.clock.monotonicUs()
    let error: string | null = null
    let values: readonly unknown[] = missing
    try {
      client ??= await connect()
      const result = await client.query<Record<string, unknown>>(query)
      values = cells(result.rows[0] ?? {})
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause)
      await drop()
    }
    const nowUs = spec.clock.monotonicUs()
    spec.writer.row([nowUs - spec.t0Us, nowUs - askedUs, error, ...values])
  }
  const loop = sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
  const stop = async () => {
    await loop.stop()
    await drop()
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
