import type { Span } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import { counter, increase } from './counters.ts'
import { type PoolPart, poolParts } from './instance-pools.ts'
import { atLeast, between, none } from './measured.ts'
import { sampleCountMin } from './quantile.ts'
import type { RunView } from './run-view.ts'
import { waitQuantile, waitsOfAll } from './wait-histogram.ts'

/** A quantile (1: the maximum) of how long callers waited for a connection. */
export function waitOf(view: RunView, spans: readonly Span[], p: number): Measured {
  const method = "buckets of the system's own wait histogram; the value is the bucket's upper edge"
  const bounds = view.folder.pool?.header?.fields.waitBoundsS
  const boundsS = Array.isArray(bounds) ? bounds.filter((bound): bound is number => typeof bound === 'number') : []
  const waits = waitsOfAll(poolParts(view, spans), boundsS)
  if (waits === null || waits.inner.total === 0)
    return none('no_samples', 'nobody asked for a connection', 'ms', 0, method)
  const n = waits.inner.total
  const least = p === 1 ? 1 : sampleCountMin(p)
  if (n < least) return none('too_few_samples', `${n} waits: p${p * 100} needs ${least}`, 'ms', n, method)
  const inner = waitQuantile(waits.inner, p)
  const outer = waits.outer === null ? null : waitQuantile(waits.outer, p)
  if (inner === null) return none('no_samples', 'nobody asked for a connection', 'ms', 0, method)
  const lowMs = Math.min(inner.low, outer?.low ?? inner.low) * 1000
  const highMs = (outer === null ? Number.POSITIVE_INFINITY : Math.max(inner.high, outer.high)) * 1000
  return Number.isFinite(inner.high)
    ? between(inner.high * 1000, { low: lowMs, high: highMs }, 'ms', n, method)
    : atLeast(inner.low * 1000, 'ms', n, method)
}

export function timeouts({ rows, spans }: PoolPart): Measured {
  const method = "differences of the system's counter"
  const rise = increase(
    counter(rows, (row) => row.timeouts),
    spans,
  )
  return rise === null
    ? none('no_samples', 'no sample of the pool in the window', 'count', 0, method)
    : between(rise.value, rise.interval, 'count', rise.readings, method)
}
