import type { PoolMapping } from './mapping.ts'

/** Gauges of `pg.Pool` (totalCount, idleCount, waitingCount): nothing of waits and of callers that gave up. */
export const nodePostgres: PoolMapping = {
  name: 'node-postgres',
  title: 'node-postgres (pg-pool) by @christiangalsterer/node-postgres-prometheus-exporter',
  source: 'https://github.com/christiangalsterer/node-postgres-prometheus-exporter, 1.4.0',
  map: {
    used: 'pg_pool_active_connections',
    idle: 'pg_pool_idle_connections',
    max: 'pg_pool_max',
    pending: 'pg_pool_waiting_connections',
  },
}
