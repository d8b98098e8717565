import type { PoolMapping } from './mapping.ts'

/**
 * SQLAlchemy has no exporter of its own. OpenTelemetry's instrumentation of it counts connections by state; servers that
 * export `pool.checkedout()` and `pool.checkedin()` themselves call them so. None tells pool_size + max_overflow, which the
 * plan must then name as `max`: `pool.size()` leaves the overflow out.
 */
export const sqlalchemy: PoolMapping = {
  name: 'sqlalchemy',
  title:
    'SQLAlchemy (QueuePool) by OpenTelemetry, or by gauges of its own; give `max` yourself: pool_size + max_overflow',
  source: 'https://opentelemetry-python-contrib.readthedocs.io/en/latest/instrumentation/sqlalchemy/sqlalchemy.html',
  map: {
    used: 'db_client_connections_usage{state="used"} | sqlalchemy_pool_checked_out | sqlalchemy_pool_checkedout',
    idle: 'db_client_connections_usage{state="idle"} | sqlalchemy_pool_checked_in | sqlalchemy_pool_checkedin',
  },
}
