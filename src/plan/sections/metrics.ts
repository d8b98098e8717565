import { isLoopbackHost } from '../../domain/allowed-hosts.ts'
import type { MetricsPlan, ObservePlan, PoolField, PoolMap, StackPlan } from '../../domain/plan.ts'
import { type Known, textOf } from '../known.ts'
import type { Problems } from '../problems.ts'
import {
  anyText,
  complain,
  joinPath,
  object,
  oneOf,
  optional,
  placeOf,
  type Read,
  receivedAt,
  type Spot,
} from '../shape.ts'
import { child, type Tree } from '../tree.ts'

/**
 * The names under which the reference server tells of its pool: those that its operators use, and
 * OpenTelemetry's `db.client.connection.*` in Prometheus form for what the documents do not name.
 */
export const poolMap: Readonly<Record<PoolField, string>> = {
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

/** A metric's name, or a number that no metric tells, such as the pool's size. */
const nameOrNumber: Read<string> = (spot, problems) => {
  const { tree } = spot
  return tree.kind === 'scalar' && typeof tree.value === 'number' && tree.value >= 0
    ? String(tree.value)
    : anyText(spot, problems)
}

/** The map as the plan writes it, on top of `base`; fields that neither names are left out. */
export function metricNames(base: PoolMap): Read<PoolMap> {
  const keys = [...fieldsByKey]
  return (spot, problems) => {
    const fields = keys.map(([key, field]) => [key, optional<string | null>(nameOrNumber, base[field] ?? null)])
    const names = object(Object.fromEntries(fields))(spot, problems)
    if (names === undefined) return undefined
    const named = keys.map(([key, field]) => [field, names[key]] as const)
    return Object.fromEntries(named.filter(([, name]) => name !== null))
  }
}

/** A ready mapping's name, or `{from: <name>, used: …, max: …}`: names of one's own, on top of a ready one if named. */
function mapping(known: Known): Read<PoolMap> {
  const { mappings } = known.catalogue
  const ready = oneOf(mappings.keys(), 'a mapping')
  return (spot, problems) => {
    const { tree, path } = spot
    if (tree.kind !== 'map') {
      const name = ready(spot, problems)
      return name === undefined ? undefined : mappings.get(name)?.map
    }
    const from = tree.entries.get('from')
    const own = { tree: { ...tree, entries: new Map([...tree.entries].filter(([key]) => key !== 'from')) }, path }
    if (from === undefined) return metricNames({})(own, problems)
    const name = ready({ tree: from, path: joinPath(path, 'from') }, problems)
    return name === undefined ? undefined : metricNames(mappings.get(name)?.map ?? {})(own, problems)
  }
}

export const metricsPath: Read<string> = (spot, problems) => {
  const path = textOf(spot.tree)
  return path?.startsWith('/') ? path : complain(spot, problems, 'a path that starts with /, such as /metrics')
}

/** A password in it would stand in the run folder. */
const metricsUrl: Read<string> = (spot, problems) => {
  const text = textOf(spot.tree) ?? ''
  const url = URL.canParse(text) ? new URL(text) : null
  const isGood = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (isGood) return text
  problems.add(spot.tree.place, spot.path, 'a value', 'an http:// or https:// URL without a login')
  return undefined
}

/** `metrics` of the server. */
export function readMetrics(known: Known): Read<MetricsPlan> {
  return (spot, problems) => {
    const read = object({
      path: optional<string | null>(metricsPath, null),
      url: optional<string | null>(metricsUrl, null),
      mapping: optional(mapping(known), poolMap),
    })(spot, problems)
    if (read === undefined) return undefined
    if (read.path !== null && read.url !== null)
      return complain(spot, problems, 'one of path (on the server itself) and url (an exporter of its own)')
    return { path: read.path ?? (read.url === null ? '/metrics' : null), url: read.url, map: read.mapping }
  }
}

/** Where the node says it, `observe.pool` is left how often to ask; and several instances each have a page of their own. */
export function checkMetrics(known: Known, observe: Tree | null, problems: Problems): void {
  for (const [name, node] of known.nodes) {
    const metrics = child(node, 'metrics')
    if (metrics === null) continue
    const pool = child(observe, 'pool')
    for (const key of ['path', 'map']) {
      if (child(pool, key) === null || pool === null) continue
      const spot: Spot = { tree: pool, path: 'observe.pool' }
      const expected = `nothing: stack.nodes.${name}.metrics says it`
      problems.add(placeOf(spot, key), joinPath(spot.path, key), receivedAt(spot, key), expected)
    }
    // One that is no address of a page is told where it is read.
    const host = /^https?:/.test(textOf(child(metrics, 'url')) ?? '') ? hostOf(child(metrics, 'url')) : null
    if (host !== null && !known.isExternal && !isLoopbackHost(host)) {
      const spot: Spot = { tree: metrics, path: `stack.nodes.${name}.metrics` }
      problems.add(placeOf(spot, 'url'), joinPath(spot.path, 'url'), host, 'an address of this machine')
    }
    if (child(metrics, 'url') === null || (known.instances.get(name) ?? 1) === 1) continue
    const spot: Spot = { tree: metrics, path: `stack.nodes.${name}.metrics` }
    const expected = 'a path in its place: each of several instances tells of its own pool'
    problems.add(placeOf(spot, 'url'), joinPath(spot.path, 'url'), 'a url', expected)
  }
}

/** Saturation is told from samples 250 ms apart or closer. */
export const poolEveryMsDefault = 250

/** What the server's node says of its metrics is what is observed. */
export function withMetrics(observe: ObservePlan, stack: StackPlan): ObservePlan {
  const found = Object.values(stack.nodes).find((node) => node.metrics !== undefined)
  if (found?.metrics === undefined) return observe
  const { path, url, map } = found.metrics
  const everyMs = observe.pool?.everyMs ?? poolEveryMsDefault
  const address = url === null ? {} : { url }
  return { ...observe, pool: { node: found.id, path: path ?? '/metrics', ...address, everyMs, map } }
}

function hostOf(url: Tree | null): string | null {
  return URL.parse(textOf(url) ?? '')?.hostname ?? null
}
