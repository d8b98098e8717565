import { type Span, usPerSecond } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import { counter, increase } from './counters.ts'
import { type PoolPart, poolParts, tellingParts } from './instance-pools.ts'
import { atLeast, between, none } from './measured.ts'
import { fallsWithoutRestart } from './one-process.ts'
import { sampleCountMin } from './quantile.ts'
import type { RunView } from './run-view.ts'
import { totalOf } from './several.ts'
import { tellsWait, waitQuantile, waitsOfAll } from './wait-histogram.ts'

/** A quantile (1: the maximum) of how long callers waited for a connection. */
export function waitOf(view: RunView, spans: readonly Span[], p: number): Measured {
  const method = "buckets of the system's own wait histogram; the value is the bucket's upper edge"
  return histogramQuantile(
    view.folder.pool?.header?.fields.waitBoundsS,
    tellingParts(poolParts(view, spans), tellsWait),
    p,
    {
      method,
      nobody: 'nobody asked for a connection',
      what: 'waits',
    },
  )
}

/** A quantile (1: the maximum) of a histogram that several told, each in spans of its own. */
export function histogramQuantile(
  bounds: unknown,
  parts: Parameters<typeof waitsOfAll>[0],
  p: number,
  { method, nobody, what }: { readonly method: string; readonly nobody: string; readonly what: string },
): Measured {
  const headerBoundsS = Array.isArray(bounds)
    ? bounds.filter((bound): bound is number => typeof bound === 'number')
    : []
  const waits = waitsOfAll(parts, headerBoundsS)
  if (waits === null || waits.inner.total === 0) return none('no_samples', nobody, 'ms', 0, method)
  const n = waits.inner.total
  const least = p === 1 ? 1 : sampleCountMin(p)
  if (n < least) return none('too_few_samples', `${n} ${what}: p${p * 100} needs ${least}`, 'ms', n, method)
  const inner = waitQuantile(waits.inner, p)
  const outer = waits.outer === null ? null : waitQuantile(waits.outer, p)
  if (inner === null) return none('no_samples', nobody, 'ms', 0, method)
  const lowMs = Math.min(inner.low, outer?.low ?? inner.low) * 1000
  const highMs = (outer === null ? Number.POSITIVE_INFINITY : Math.max(inner.high, outer.high)) * 1000
  return Number.isFinite(inner.high)
    ? between(inner.high * 1000, { low: lowMs, high: highMs }, 'ms', n, method)
    : atLeast(inner.low * 1000, 'ms', n, method)
}

/** Of all pools together. */
export function timeoutsOfAll(view: RunView, parts: readonly PoolPart[]): Measured {
  return totalOf(tellingParts(parts, (row) => row.timeouts !== null).map((part) => timeouts(view, part)))
}

function timeouts(view: RunView, { rows, spans }: PoolPart): Measured {
  const method = "differences of the system's counter"
  const readings = counter(rows, (row) => row.timeouts)
  const rise = increase(readings, spans)
  if (rise === null) return none('no_samples', 'no sample of the pool in the window', 'count', 0, method)
  const falls = fallsWithoutRestart(view, rows, (row) => row.timeouts)
  if (falls > 0) {
    const why = `the counter of callers that gave up went back without a restart, ${falls} times: several processes seem to answer for one page`
    return none('no_samples', why, 'count', rise.readings, method)
  }
  const [first] = readings
  const isLate = first !== undefined && first.value > 0 && spans.some(({ startUs }) => startUs < first.tUs)
  // How many of those had given up before it was there cannot be told.
  if (isLate && rise.interval.low === 0) {
    const when = (first.tUs / usPerSecond).toFixed(1)
    const why = `the counter of callers that gave up was first seen at ${first.value}, at ${when} s`
    return none('no_samples', why, 'count', rise.readings, method)
  }
  return between(rise.value, rise.interval, 'count', rise.readings, method)
}
