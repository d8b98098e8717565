import type { PoolMapping } from './mapping.ts'

/**
 * pgxpool.Stat: it does not count who waits. A cancelled acquire is a caller whose context ended while it waited, by its
 * own time limit or because its own caller had gone.
 */
export const pgx: PoolMapping = {
  name: 'pgx',
  title: 'pgx (pgxpool.Stat) by pgxpoolprometheus or otelpgx',
  source: 'https://github.com/IBM/pgxpoolprometheus; https://github.com/exaring/otelpgx',
  map: {
    used: 'pgxpool_acquired_conns | pgxpool_acquired_connections',
    idle: 'pgxpool_idle_conns | pgxpool_idle_connections',
    max: 'pgxpool_max_conns | pgxpool_max_connections',
    timeouts: [
      'pgxpool_canceled_acquire_count',
      'pgxpool_canceled_acquire_count_total',
      'pgxpool_canceled_acquires_total',
    ].join(' | '),
  },
}
