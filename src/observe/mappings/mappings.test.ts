import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseMetrics } from '../metrics-text.ts'
import { PoolReading } from '../pool.ts'
import { mappings } from './registry.ts'

const columns = ['used', 'idle', 'max', 'pending', 'timeouts', 'saturatedS', 'saturatedLongestS', 'uptime'] as const

/** What the exporters write for a pool of 10 with 7 in use and 3 callers waiting, as their documentation has it. */
const samples: Readonly<Record<string, { readonly text: string; readonly told: object }>> = {
  'node-postgres': {
    text: `
# HELP pg_pool_size The current size of the connection pool, including active and idle members.
# TYPE pg_pool_size gauge
pg_pool_size{host="db:5432",database="app"} 9
# TYPE pg_pool_max gauge
pg_pool_max{host="db:5432",database="app"} 10
pg_pool_active_connections{host="db:5432",database="app"} 7
pg_pool_waiting_connections{host="db:5432",database="app"} 3
pg_pool_idle_connections{host="db:5432",database="app"} 2
pg_pool_errors_total{host="db:5432",database="app",error="timeout"} 4
`,
    told: { used: 7, idle: 2, max: 10, pending: 3 },
  },
  sqlalchemy: {
    text: `
# TYPE db_client_connections_usage gauge
db_client_connections_usage{pool_name="app",state="idle"} 2
db_client_connections_usage{pool_name="app",state="used"} 7
`,
    told: { used: 7, idle: 2 },
  },
  hikaricp: {
    text: `
# TYPE hikaricp_connections_active gauge
hikaricp_connections_active{pool="HikariPool-1",} 7.0
hikaricp_connections_idle{pool="HikariPool-1",} 2.0
hikaricp_connections_max{pool="HikariPool-1",} 10.0
hikaricp_connections_pending{pool="HikariPool-1",} 3.0
hikaricp_connections_timeout_total{pool="HikariPool-1",} 4.0
# TYPE hikaricp_connections_acquire_seconds summary
hikaricp_connections_acquire_seconds_count{pool="HikariPool-1",} 20.0
hikaricp_connections_acquire_seconds_sum{pool="HikariPool-1",} 0.5
process_uptime_seconds 12.5
`,
    told: { used: 7, idle: 2, max: 10, pending: 3, timeouts: 4, uptime: 12.5 },
  },
  pgx: {
    text: `
# TYPE pgxpool_acquired_conns gauge
pgxpool_acquired_conns{database="app"} 7
pgxpool_idle_conns{database="app"} 2
pgxpool_max_conns{database="app"} 10
# TYPE pgxpool_canceled_acquire_count counter
pgxpool_canceled_acquire_count{database="app"} 4
pgxpool_acquire_duration_ns{database="app"} 9e+08
`,
    told: { used: 7, idle: 2, max: 10, timeouts: 4 },
  },
  pgbouncer: {
    text: `
pgbouncer_databases_pool_size{database="app",force_user="",host="db",name="app",pool_mode="transaction",port="5432"} 10
pgbouncer_databases_pool_size{database="pgbouncer",force_user="pgbouncer",host="",name="pgbouncer",pool_mode="statement",port="6432"} 2
pgbouncer_pools_server_active_connections{database="app",user="app"} 7
pgbouncer_pools_server_active_connections{database="pgbouncer",user="pgbouncer"} 1
pgbouncer_pools_server_idle_connections{database="app",user="app"} 2
pgbouncer_pools_client_waiting_connections{database="app",user="app"} 3
pgbouncer_pools_client_waiting_connections{database="pgbouncer",user="pgbouncer"} 0
`,
    told: { used: 7, idle: 2, max: 10, pending: 3 },
  },
  opentelemetry: {
    text: `
db_client_connection_count{db_client_connection_pool_name="app",db_client_connection_state="used"} 7
db_client_connection_count{db_client_connection_pool_name="app",db_client_connection_state="idle"} 2
db_client_connection_max{db_client_connection_pool_name="app"} 10
db_client_connection_pending_requests{db_client_connection_pool_name="app"} 3
db_client_connection_timeouts_total{db_client_connection_pool_name="app"} 4
db_client_connection_wait_time_seconds_bucket{db_client_connection_pool_name="app",le="0.1"} 15
db_client_connection_wait_time_seconds_bucket{db_client_connection_pool_name="app",le="+Inf"} 20
db_client_connection_wait_time_seconds_sum{db_client_connection_pool_name="app"} 2.5
db_client_connection_wait_time_seconds_count{db_client_connection_pool_name="app"} 20
`,
    told: { used: 7, idle: 2, max: 10, pending: 3, timeouts: 4, wait: [20, 2.5, [15, 20]] },
  },
}

function read(map: Readonly<Record<string, string>>, text: string) {
  const reading = new PoolReading(map)
  const cells = reading.cells(parseMetrics(text, reading.wanted))
  const told = Object.fromEntries(columns.map((column, at) => [column, cells[at]]))
  return Object.fromEntries(Object.entries({ ...told, wait: cells[10] }).filter(([, value]) => value !== null))
}

test.each(Object.entries(samples))('%s: all that its exporter tells is read, and no more', (name, { text, told }) => {
  expect(read(mappings.get(name)?.map ?? {}, text)).toEqual(told)
})

test('each mapping is a file, a line in the registry, and a sample here', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !['mapping.ts', 'registry.ts', 'mappings.test.ts'].includes(file))
    .map((file) => file.replace(/\.ts$/, ''))
  expect([...mappings.keys()].sort()).toEqual(files.sort())
  expect(Object.keys(samples).sort()).toEqual(files.sort())
})

test.each([
  [
    'otelpgx has other names',
    'pgx',
    'pgxpool_acquired_connections 7\npgxpool_max_connections 10',
    { used: 7, max: 10 },
  ],
  ['gauges of its own', 'sqlalchemy', 'sqlalchemy_pool_checkedout 7', { used: 7 }],
  [
    'a label of older releases',
    'opentelemetry',
    'db_client_connection_count{state="used"} 7\ndb_client_connection_count{state="idle"} 2',
    { used: 7, idle: 2 },
  ],
])('%s: the first alternative that has samples counts', (_reason, name, text, told) => {
  expect(read(mappings.get(name)?.map ?? {}, text)).toEqual(told)
})

test('a number stands for itself, where no metric tells it', () => {
  expect(read({ used: 'in_use', max: '4' }, 'in_use 3')).toEqual({ used: 3, max: 4 })
})
