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
  const parts = view.pools.map((pool) => ({ ...pool, spans: told(view, pool, spans) }))
  const telling = parts.filter((part) => part.spans.length > 0)
  // When all are down at once nobody speaks for anybody.
  return telling.length > 0 ? telling : view.pools.map((pool) => ({ ...pool, spans }))
}

function told(view: RunView, { instance, rows }: InstancePool, spans: readonly Span[]): readonly Span[] {
  const everyMs = view.plan.observe.pool?.everyMs ?? 0
  if (instance === null || silence(rows, spans, everyMs) === null) return spans
  const down = view.injections.flatMap((injection) => downBy(view.plan, injection, instance))
  return spans.flatMap((span) => without(span, down))
}

/** How long a fault on the instance itself was on; of one on its links it would go on to tell. */
function downBy({ stack, faults }: Plan, injection: InjectionRecord, instance: string): readonly Span[] {
  const planned = faults.find(({ id }) => id === injection.id)
  const startUs = injectionStartUs(injection)
  if (planned === undefined || startUs === null || !targetIdsOf(stack, planned).includes(instance)) return []
  return [{ startUs, endUs: injection.healVerifiedUs ?? Number.POSITIVE_INFINITY }]
}

/** Why a pool's word on its spans is no evidence, or null when it is. */
export function silenceOf({ rows, spans, instance }: PoolPart, everyMs: number): string | null {
  // From before its fault to after it an instance was silent with good reason: only what lies within counts.
  const near = instance === null ? rows : rows.filter((row) => spans.some((span) => isNear(row, span)))
  const silent = silence(near, spans, everyMs)
  return silent === null || instance === null ? silent : `of ${instance}: ${silent}`
}

/** A sample on either side of a span's edge tells of that edge. */
const nearUs = 1_000_000

function isNear({ tUs }: PoolRow, { startUs, endUs }: Span): boolean {
  return tUs >= startUs - nearUs && tUs <= endUs + nearUs
}
