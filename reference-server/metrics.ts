import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { uptimeMs } from './clock.ts'
import type { ConnectionWatcher } from './pool/pg-connection.ts'
import type { Pool, PoolLimits, PoolWatcher } from './pool/pool.ts'
import { Saturation } from './pool/saturation.ts'

// From 0.5 ms to 120 s, 8 a decade: a quantile read from the buckets is off by at most a third.
const waitBucketsS = decades(0.0005, 120, 8)
const coarseBucketsS = decades(0.001, 120, 4)
// Few, since each of 54 tools has them; with the 5 s of the SlowToolExecution alert among them.
const toolBucketsS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const slowQueryMs = 1_000

function decades(from: number, to: number, perDecade: number): number[] {
  const count = Math.ceil(Math.log10(to / from) * perDecade)
  const buckets = Array.from({ length: count }, (_, i) => Number((from * 10 ** (i / perDecade)).toPrecision(3)))
  return [...buckets.filter((bucket) => bucket < to), to]
}

export interface Metrics extends PoolWatcher, ConnectionWatcher {
  /** Also gives access to the pool's own gauges, read at each scrape. */
  observe(pool: Pool, sessions: () => number): void
  toolEnded(tool: string, ok: boolean, durationMs: number): void
  /** Prometheus text of the pool's and database's metrics alone: cheap at four scrapes a second. */
  poolText(): Promise<string>
  allText(): Promise<string>
  readonly contentType: string
}

/** The registry of one server. Names are those that plans look for by themselves (docs/plan.md, `pool.map`). */
export function createMetrics(limits: PoolLimits): Metrics {
  const pool = new Registry()
  const rest = new Registry()
  const saturation = new Saturation(uptimeMs())
  const counter = counterIn(pool)
  const checkouts = counter('db_client_checkouts_total', 'Connections lent to a caller, ready for work')
  const roundTrips = counter('db_client_round_trips_total', 'Pings, BEGINs, statements, COMMITs, ROLLBACKs')
  const timeouts = counter('db_client_connection_timeouts_total', 'Callers that gave up waiting for a connection')
  const created = counter('db_client_connection_created_total', 'Connections opened')
  const closed = counter('db_client_connection_closed_total', 'Connections closed or lost')
  const slow = counter('slow_queries_total', 'Statements that took more than 1 s')
  const wait = histogram(
    pool,
    'db_client_connection_wait_time_seconds',
    'Waiting for a connection, opening it included',
    waitBucketsS,
  )
  const use = histogram(
    pool,
    'db_client_connection_use_time_seconds',
    'Connection taken until given back',
    coarseBucketsS,
  )
  const create = histogram(pool, 'db_client_connection_create_time_seconds', 'Opening a connection', coarseBucketsS)
  const query = new Histogram({
    name: 'database_query_duration_seconds',
    help: 'One statement there and back, by its kind',
    labelNames: ['query_type'],
    buckets: coarseBucketsS,
    registers: [pool],
  })
  const tool = toolMetrics(rest)
  saturationGauges(pool, saturation)
  return {
    contentType: pool.contentType,
    changed: (used, pending) => saturation.change(used, pending, uptimeMs()),
    waited: (waitMs) => wait.observe(waitMs / 1_000),
    timedOut: () => timeouts.inc(),
    checkedOut: () => checkouts.inc(),
    held: (useMs) => use.observe(useMs / 1_000),
    created: (createMs) => {
      created.inc()
      create.observe(createMs / 1_000)
    },
    closed: () => closed.inc(),
    roundTrip: () => roundTrips.inc(),
    queried: (kind, durationMs) => {
      if (kind === 'transaction') return
      query.labels(kind).observe(durationMs / 1_000)
      if (durationMs > slowQueryMs) slow.inc()
    },
    toolEnded: tool.ended,
    observe: (source, sessions) => {
      poolGauges(pool, source, limits)
      gauge(rest, 'mcp_sessions', 'Sessions that clients hold', sessions)
    },
    poolText: () => pool.metrics(),
    allText: async () => `${await pool.metrics()}\n${await rest.metrics()}`,
  }
}

function counterIn(registry: Registry): (name: string, help: string) => Counter {
  return (name, help) => new Counter({ name, help, registers: [registry] })
}

function histogram(registry: Registry, name: string, help: string, buckets: number[]): Histogram {
  return new Histogram({ name, help, buckets, registers: [registry] })
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}

function toolMetrics(registry: Registry): { ended(tool: string, ok: boolean, durationMs: number): void } {
  const labelNames = ['tool_name', 'status']
  const total = new Counter({
    name: 'mcp_tool_execution_total',
    help: 'Tool calls that ended',
    labelNames,
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'mcp_tool_execution_duration_seconds',
    help: 'A tool call from its arrival to its result',
    labelNames,
    buckets: toolBucketsS,
    registers: [registry],
  })
  return {
    ended: (tool, ok, durationMs) => {
      const status = ok ? 'success' : 'error'
      total.labels(tool, status).inc()
      duration.labels(tool, status).observe(durationMs / 1_000)
    },
  }
}

function poolGauges(registry: Registry, pool: Pool, limits: PoolLimits): void {
  const open = (): number => pool.counts.used + pool.counts.idle + pool.counts.opening
  gauge(registry, 'database_pool_size', 'Connections kept when idle', () => limits.size)
  gauge(registry, 'database_connections_active', 'Connections in use', () => pool.counts.used)
  gauge(registry, 'database_connections_max', 'Connections at most', () => pool.max)
  gauge(registry, 'database_connections_overflow', 'Connections beyond the pool size', () =>
    Math.max(0, open() - limits.size),
  )
  gauge(registry, 'db_client_connection_max', 'Connections at most', () => pool.max)
  gauge(
    registry,
    'db_client_connection_pending_requests',
    'Callers that wait without one being opened for them',
    () => pool.counts.pending,
  )
  new Gauge({
    name: 'db_client_connection_count',
    help: 'Connections by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.labels('used').set(pool.counts.used)
      this.labels('idle').set(pool.counts.idle)
      this.labels('opening').set(pool.counts.opening)
    },
  })
}

function saturationGauges(registry: Registry, saturation: Saturation): void {
  gauge(registry, 'process_uptime_seconds', 'Clock of the high-water marks', () => uptimeMs() / 1_000)
  gauge(
    registry,
    'db_client_connection_saturated_longest_seconds',
    'Longest stretch saturated',
    () => saturation.longestMs(uptimeMs()) / 1_000,
  )
  let toldMs = 0
  new Counter({
    name: 'db_client_connection_saturated_seconds_total',
    help: 'Time with all connections in use while a caller waits',
    registers: [registry],
    collect() {
      const nowMs = saturation.saturatedMs(uptimeMs())
      this.inc((nowMs - toldMs) / 1_000)
      toldMs = nowMs
    },
  })
  marks(registry, saturation, 'used', 'Peak of connections in use')
  marks(registry, saturation, 'pending', 'Peak of callers waiting')
}

function marks(registry: Registry, saturation: Saturation, what: 'used' | 'pending', help: string): void {
  new Gauge({
    name: `db_client_connection_${what}_high_water`,
    help: `${help} in one second of uptime; the last 10 seconds`,
    labelNames: ['second'],
    registers: [registry],
    collect() {
      this.reset()
      for (const mark of saturation.marks(uptimeMs())) this.labels(String(mark.second)).set(mark[what])
    },
  })
}
