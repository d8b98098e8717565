import { runningIdsOf, targetIdsOf } from '../domain/instances.ts'
import type { Plan } from '../domain/plan.ts'
import type { Span } from '../domain/time.ts'
import type { InjectionRecord } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { injectionStartUs } from './injections.ts'
import type { RunView } from './run-view.ts'
import { silence } from './samples.ts'
import { there } from './there.ts'
import { without } from './windows.ts'

/** One pool of the server, or of one of its instances. */
export interface InstancePool {
  /** As the stream names it; null: there is one. */
  readonly instance: string | null
  /** Of several instances of the server the one whose it is; null: there is one. */
  readonly server: string | null
  readonly rows: readonly PoolRow[]
}

/** What one instance's pool is asked about. */
export interface PoolPart extends InstancePool {
  readonly spans: readonly Span[]
  /** When a fault of the plan was on the instance itself; empty where there is one instance. */
  readonly down: readonly Span[]
}

/** Each instance's own, and each of several pools that it tells of; one that left no row is among them. */
export function instancePools({ stack, observe }: Plan, rows: readonly PoolRow[]): readonly InstancePool[] {
  const ids = observe.pool === null ? [] : runningIdsOf(stack, observe.pool.node)
  if (ids.length < 2) return poolsOf(null, rows, ids[0] ?? '')
  return ids.flatMap((id) => poolsOf(id, rows.filter(isOf(id)), id))
}

function isOf(id: string): (row: PoolRow) => boolean {
  return ({ instance }) => instance === id || instance?.startsWith(`${id}/`) === true
}

/** `server/pool` names one of several. A row of a page that did not answer, or told of one pool yet, is of none of them. */
function poolsOf(server: string | null, rows: readonly PoolRow[], id: string): readonly InstancePool[] {
  const names = [...new Set(rows.flatMap(({ instance }) => (instance?.startsWith(`${id}/`) ? [instance] : [])))].sort()
  if (names.length === 0) return [{ instance: server, server, rows }]
  return names.map((instance) => ({ instance, server, rows: rows.filter((row) => row.instance === instance) }))
}

/**
 * The pools that can tell of these spans. While a fault of the plan is on one of several instances and that one is
 * silent, it has nothing to tell, and the others speak for the server; one that is silent without a fault, and a
 * server's only one, stay with all of the spans.
 */
export function poolParts(view: RunView, spans: readonly Span[]): readonly PoolPart[] {
  const all = view.pools.map((pool) => partOf(view, pool, spans))
  const telling = all.filter((part) => part.spans.length > 0)
  // When all are down at once nobody speaks for anybody.
  return telling.length > 0 ? telling : all.map((part) => ({ ...part, spans, down: [] }))
}

function partOf(view: RunView, pool: InstancePool, spans: readonly Span[]): PoolPart {
  const { server, rows } = pool
  if (server === null) return { ...pool, spans, down: [] }
  const down = view.injections.flatMap((injection) => downBy(view.plan, injection, server))
  const isSilent = silence(rows, spans, there(view.plan.observe.pool?.everyMs)) !== null
  return { ...pool, spans: isSilent ? spans.flatMap((span) => without(span, down)) : spans, down }
}

/** How long a fault on the instance itself was on; of one on its links it would go on to tell. */
function downBy({ stack, faults }: Plan, injection: InjectionRecord, instance: string): readonly Span[] {
  const planned = faults.find(({ id }) => id === injection.id)
  const startUs = injectionStartUs(injection)
  if (planned === undefined || startUs === null || !targetIdsOf(stack, planned).includes(instance)) return []
  return [{ startUs, endUs: injection.healVerifiedUs ?? Number.POSITIVE_INFINITY }]
}

/** Why a pool's word on its spans is no evidence, or null when it is. */
export function silenceOf({ rows, spans, down, instance }: PoolPart, everyMs: number): string | null {
  // Of the time for which it was down nothing is missing, so that it counts as sampled on either side of it.
  const edges = down.flatMap(({ startUs, endUs }) => [startUs, endUs]).filter(Number.isFinite)
  const known = [...rows, ...edges.map((tUs) => ({ tUs, tookUs: 0, error: null }))].sort((a, b) => a.tUs - b.tUs)
  const silent = silence(known, spans, everyMs)
  return silent === null || instance === null ? silent : `from ${instance} ${silent}`
}

/**
 * Those that count something: of several pools of one server the others do not count it, or have had nothing to count.
 * Where none does, all of them.
 */
export function tellingParts(parts: readonly PoolPart[], tells: (row: PoolRow) => boolean): readonly PoolPart[] {
  const telling = new Set(parts.filter(({ rows }) => rows.some(tells)))
  const isTold = new Set([...telling].map(({ server }) => server))
  return parts.filter((part) => telling.has(part) || !isTold.has(part.server))
}
