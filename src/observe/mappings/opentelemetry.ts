import type { PoolMapping } from './mapping.ts'

/**
 * The semantic conventions' `db.client.connection.*` as the Prometheus exporter writes them. Attributes become labels:
 * older releases called the state `state`, the conventions call it `db.client.connection.state`.
 */
export const opentelemetry: PoolMapping = {
  name: 'opentelemetry',
  title: 'OpenTelemetry db.client.connection.* (semantic conventions for database client metrics)',
  source: 'https://opentelemetry.io/docs/specs/semconv/database/database-metrics/',
  map: {
    used: 'db_client_connection_count{db_client_connection_state="used"} | db_client_connection_count{state="used"}',
    idle: 'db_client_connection_count{db_client_connection_state="idle"} | db_client_connection_count{state="idle"}',
    max: 'db_client_connection_max',
    pending: 'db_client_connection_pending_requests',
    timeouts: 'db_client_connection_timeouts_total',
    wait: 'db_client_connection_wait_time_seconds',
  },
}
