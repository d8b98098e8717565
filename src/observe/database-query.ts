import type { OwnSessions } from '../domain/plan.ts'

/** What our own connections call themselves, so that they are told apart from the system's. */
export const observerName = 'squall'

/** Of more sessions than this the others are only counted: a row of the stream stays short. */
const agesMax = 500

/**
 * One round trip: gauges of pg_stat_activity, counters of pg_stat_database (all databases), and when the postmaster
 * and the checkpointer started (the second one changes when a backend's crash restarts all the others); of a primary,
 * how far its log reaches and how far each follower has replayed it. Before version 14 nobody counted `sessions`.
 * `quiet_ms`: since any of the system's sessions was last begun, asked or answered; 0 while one is not idle.
 *
 * The system's own sessions are those of clients that do not carry our application_name and fit $1 (application names,
 * as patterns of LIKE), $2 (users) and $3 (addresses), of which an empty one fits all. What a session does is hidden from
 * a login without pg_read_all_stats: such a session has a database, and no backend_type.
 */
export const sampleQuery = `
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
    (select (to_jsonb(d) ->> 'sessions')::bigint from pg_stat_database d where datname = current_database()) as sessions,
    case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint end as written,
    (select json_agg(json_build_array(application_name, pg_wal_lsn_diff(replay_lsn, '0/0')::bigint))
      from pg_stat_replication where replay_lsn is not null) as followers,
    pg_postmaster_start_time()::text || ' ' ||
      coalesce(max(backend_start) filter (where backend_type = 'checkpointer'), 'epoch')::text as started_at,
    count(*) filter (where own and (backend_type is null or state = 'disabled'))::int as hidden,
    case when $4 then coalesce((array_agg(idle_ms order by idle_ms) filter (where own and state = 'idle'))[1:${agesMax}],
      '{}') end as idle_ms,
    (min(quiet_ms) filter (where own))::int as quiet_ms
  from (
    select *,
      least(extract(epoch from clock_timestamp() - state_change) * 1000, 1e9)::int as idle_ms,
      case when state is distinct from 'idle' then 0
        else least(extract(epoch from clock_timestamp() - greatest(state_change, query_start, backend_start)) * 1000, 1e9)
      end as quiet_ms,
      (backend_type = 'client backend' or (backend_type is null and datid is not null and pid <> pg_backend_pid()))
        and application_name not like '${observerName}%'
        and (cardinality($1::text[]) = 0 or application_name like any ($1))
        and (cardinality($2::text[]) = 0 or usename = any ($2))
        and (cardinality($3::inet[]) = 0 or client_addr <<= any ($3)) as own
    from pg_stat_activity
  ) activity`

/** Calls and ms of all statements in this database, without their texts; asked once a second, since it may be long. */
export const statementsQuery = `
  select sum(calls)::bigint as calls, sum(total_exec_time) as exec_ms
  from pg_stat_statements(false) where dbid = (select oid from pg_database where datname = current_database())`

export const hasStatementsQuery = `select to_regproc('pg_stat_statements') is not null as found`

/** The values of the query's parameters; `withAges`: how long each idle session has been so is told as well. */
export function queryValues(own: OwnSessions | null, withAges: boolean): readonly unknown[] {
  return [own?.applications.map(likePattern) ?? [], own?.users ?? [], own?.addresses ?? [], withAges]
}

/** `*` stands for anything, as in a plan; what LIKE itself takes for a wildcard stands for itself. */
function likePattern(name: string): string {
  return name.replace(/[\\%_]/g, (special) => `\\${special}`).replaceAll('*', '%')
}

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

/** What only those sessions tell whose doings are not hidden: of a part of them nothing can be counted. */
const ofStates: readonly string[] = ['active', 'idle_in_transaction', 'waiting_on_lock']

export const missingCells: readonly null[] = Array.from({ length: numberColumns.length + 8 }, () => null)

/** Of each proxy by its link; null: this machine does not tell. */
export type Clients = Readonly<Record<string, number | null>>

/** The row of the database stream, after its time and error. */
export function cellsOf(
  row: Record<string, unknown>,
  statements: readonly [number, number] | null,
  clients: Clients | null,
): unknown[] {
  const number = (name: string): number | null =>
    row[name] === null || row[name] === undefined ? null : Number(row[name])
  const isHidden = (number('hidden') ?? 0) > 0
  return [
    ...numberColumns.map((name) => (isHidden && ofStates.includes(name) ? null : number(name))),
    row.started_at ?? null,
    number('written'),
    row.followers ?? null,
    number('hidden'),
    isHidden ? null : (row.idle_ms ?? null),
    statements,
    clients,
    isHidden ? null : number('quiet_ms'),
  ]
}
