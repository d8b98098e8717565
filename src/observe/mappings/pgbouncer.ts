import type { PoolMapping } from './mapping.ts'

/**
 * The pool is PgBouncer's, between the server and PostgreSQL: `used` are connections to PostgreSQL that a client has, and
 * `pending` are clients that wait for one. Each database's pool is one of its own, that of its console left out; that of the
 * server alone is chosen by labels, such as `pgbouncer_pools_server_active_connections{database="app"}`.
 */
export const pgbouncer: PoolMapping = {
  name: 'pgbouncer',
  title: "PgBouncer by prometheus-community's pgbouncer_exporter",
  source: 'https://github.com/prometheus-community/pgbouncer_exporter',
  map: {
    used: 'pgbouncer_pools_server_active_connections{database!="pgbouncer"}',
    idle: 'pgbouncer_pools_server_idle_connections{database!="pgbouncer"}',
    max: 'pgbouncer_databases_pool_size{name!="pgbouncer"}',
    pending: 'pgbouncer_pools_client_waiting_connections{database!="pgbouncer"}',
  },
}
