import type { LedgerPlan, LedgerVia, ObservePlan, PoolField } from '../../domain/plan.ts'
import type { Known } from '../known.ts'
import { textOf } from '../known.ts'
import { ledgerRateMax, ledgerRateMin, sampleEveryMsMax, sampleEveryMsMin } from '../limits.ts'
import { anyText, complain, duration, object, oneOf, optional, type Read, rate, required } from '../shape.ts'
import { child } from '../tree.ts'

/**
 * The names under which the reference server tells of its pool: those that its operators use, and
 * OpenTelemetry's `db.client.connection.*` in Prometheus form for what the documents do not name.
 */
const poolMap: Readonly<Record<PoolField, string>> = {
  used: 'database_connections_active',
  idle: 'db_client_connection_count{state="idle"}',
  max: 'database_connections_max',
  pending: 'db_client_connection_pending_requests',
  timeouts: 'db_client_connection_timeouts_total',
  wait: 'db_client_connection_wait_time_seconds',
  saturatedSeconds: 'db_client_connection_saturated_seconds_total',
  saturatedLongestSeconds: 'db_client_connection_saturated_longest_seconds',
  uptimeSeconds: 'process_uptime_seconds',
  usedHighWater: 'db_client_connection_used_high_water',
  pendingHighWater: 'db_client_connection_pending_high_water',
}

/** Plans write the fields in snake case, as all their keys. */
const fieldsByKey = new Map(
  (Object.keys(poolMap) as PoolField[]).map((field) => [
    field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    field,
  ]),
)

const metricNames: Read<Readonly<Partial<Record<PoolField, string>>>> = (spot, problems) => {
  const fields = Object.fromEntries([...fieldsByKey].map(([key, field]) => [key, optional(anyText, poolMap[field])]))
  const names = object(fields)(spot, problems)
  if (names === undefined) return undefined
  return Object.fromEntries([...fieldsByKey].map(([key, field]) => [field, names[key]]))
}

function every(defaultMs: number) {
  return optional(duration(sampleEveryMsMin, sampleEveryMsMax), defaultMs)
}

function pool(known: Known) {
  const servers = [...known.nodes].filter(([, tree]) => textOf(child(tree, 'role')) === 'mcp').map(([name]) => name)
  return object({
    node: required(oneOf(servers, 'a node with role mcp')),
    path: optional(metricsPath, '/metrics'),
    // Saturation is told from samples 250 ms apart or closer.
    every: every(250),
    map: optional(metricNames, poolMap),
  })
}

const metricsPath: Read<string> = (spot, problems) => {
  const path = textOf(spot.tree)
  return path?.startsWith('/') ? path : complain(spot, problems, 'a path that starts with /, such as /metrics')
}

const sampler = (defaultMs: number) => optional(object({ every: every(defaultMs) }), { every: defaultMs })

const waysToWrite: Readonly<Record<string, readonly LedgerVia[]>> = {
  tool: ['tool'],
  sql: ['sql'],
  both: ['tool', 'sql'],
}

/** Drills count lost writes at 200 a second and more (docs/plan.md). */
const ledgerRateDefault = 200

function ledger(known: Known): Read<LedgerPlan | null> {
  const workload = known.catalogue.workloads.get(known.workload ?? '')
  return (spot, problems) => {
    const read = object({
      via: required(oneOf(Object.keys(waysToWrite), 'how the writes of the ledger are made')),
      rate: optional(rate(ledgerRateMin, ledgerRateMax), ledgerRateDefault),
    })(spot, problems)
    if (read === undefined) return undefined
    const via = waysToWrite[read.via] ?? []
    if (via.includes('tool') && workload !== undefined && !workload.hasLedger) {
      const expected = `sql: the workload ${workload.name} names no tool that leaves a row for each call`
      return complain({ tree: child(spot.tree, 'via') ?? spot.tree, path: `${spot.path}.via` }, problems, expected)
    }
    return { via, ratePerS: read.rate }
  }
}

/** `observe`: what is sampled, and how often. */
export function readObserve(known: Known): Read<ObservePlan> {
  return (spot, problems) => {
    const observe = object({
      pool: optional(pool(known), null),
      database: sampler(250),
      host: sampler(250),
      probe: sampler(250),
      ledger: optional(ledger(known), null),
    })(spot, problems)
    if (observe === undefined) return undefined
    const { pool: found } = observe
    return {
      pool: found === null ? null : { node: found.node, path: found.path, everyMs: found.every, map: found.map },
      databaseEveryMs: observe.database.every,
      hostEveryMs: observe.host.every,
      probeEveryMs: observe.probe.every,
      ledger: observe.ledger,
    }
  }
}

/** Without the key. */
export const observeDefault: ObservePlan = {
  pool: null,
  databaseEveryMs: 250,
  hostEveryMs: 250,
  probeEveryMs: 250,
  ledger: null,
}
