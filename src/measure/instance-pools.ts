import { runningIdsOf, targetIdsOf } from '../domain/instances.ts'
import type { Plan } from '../domain/plan.ts'
import type { Span } from '../domain/time.ts'
import type { InjectionRecord } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { injectionStartUs } from './injections.ts'
import type { RunView } from './run-view.ts'
import { silence } from './samples.ts'
import { without } from './windows.ts'

/** The pool of one instance of the server. */
export interface InstancePool {
  /** null: there is one. */
  readonly instance: string | null
  readonly rows: readonly PoolRow[]
}

/** What one instance's pool is asked about. */
export interface PoolPart extends InstancePool {
  readonly spans: readonly Span[]
  /** When a fault of the plan was on the instance itself; empty where there is one instance. */
  readonly down: readonly Span[]
}

/** Each instance's own; one that left no row is among them. */
export function instancePools({ stack, observe }: Plan, rows: readonly PoolRow[]): readonly InstancePool[] {
  const ids = observe.pool === null ? [] : runningIdsOf(stack, observe.pool.node)
  if (ids.length < 2) return [{ instance: null, rows }]
  return ids.map((instance) => ({ instance, rows: rows.filter((row) => row.instance === instance) }))
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
  const { instance, rows } = pool
  if (instance === null) return { ...pool, spans, down: [] }
  const down = view.injections.flatMap((injection) => downBy(view.plan, injection, instance))
  const isSilent = silence(rows, spans, view.plan.observe.pool?.everyMs ?? 0) !== null
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
