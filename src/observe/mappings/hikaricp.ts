import type { PoolMapping } from './mapping.ts'

/**
 * Spring Boot's names. `wait` is a summary, which has no buckets and so tells no p95, until
 * `management.metrics.distribution.percentiles-histogram.hikaricp.connections.acquire=true` makes it a histogram.
 */
export const hikaricp: PoolMapping = {
  name: 'hikaricp',
  title: 'HikariCP by Micrometer (Spring Boot: /actuator/prometheus)',
  source: 'https://github.com/brettwooldridge/HikariCP, metrics/micrometer/MicrometerMetricsTracker.java',
  map: {
    used: 'hikaricp_connections_active',
    idle: 'hikaricp_connections_idle',
    max: 'hikaricp_connections_max',
    pending: 'hikaricp_connections_pending',
    timeouts: 'hikaricp_connections_timeout_total',
    wait: 'hikaricp_connections_acquire_seconds',
    uptimeSeconds: 'process_uptime_seconds',
  },
}
