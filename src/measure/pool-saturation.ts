import { type Span, usPerSecond } from '../domain/time.ts'
import type { Interval, Measured } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { counter, increase } from './counters.ts'
import type { PoolPart } from './instance-pools.ts'
import { between, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { lastAtOrBefore } from './samples.ts'
import { tellsFullness, whereTold } from './told-pool.ts'

/** By the system's counters; by the gauges, of which a stretch between two samples is unsure, where it has none. */
export function saturated(view: RunView): (part: PoolPart) => Measured {
  const byGauges = whereTold(view, tellsFullness, 'ms', saturatedBySamples)
  return (part) => saturatedByCounters(part) ?? byGauges(part)
}

/** The same of rows that are taken for enough, however far they lie apart. */
export function saturatedOf(part: PoolPart): Measured {
  return saturatedByCounters(part) ?? saturatedBySamples(part)
}

function saturatedBySamples({ rows, spans }: PoolPart): Measured {
  const { interval, samples } = sampledStretch(rows, spans)
  const method = 'samples with used = max and somebody waiting'
  return samples === 0
    ? none('no_samples', 'no sample of the pool in the window', 'ms', 0, method)
    : between(interval.low, interval, 'ms', samples, method)
}

/** null: the system does not count it. */
function saturatedByCounters({ rows, spans }: PoolPart): Measured | null {
  const total = increase(
    counter(rows, (row) => row.saturatedS),
    spans,
  )
  if (total === null || rows.every((row) => row.saturatedLongestS === null)) return null
  const sampled = sampledStretch(rows, spans)
  const longestMs = longestAtEnd(rows, spans)
  const highMs = Math.min(total.interval.high * 1000, longestMs)
  // A longest stretch that grew within a span is of that span; it can only have begun before it.
  const grewMs = longestGrown(rows, spans)
  const lowMs = Math.min(highMs, Math.max(sampled.interval.low, grewMs))
  return between(
    Math.max(lowMs, Math.min(highMs, grewMs)),
    { low: lowMs, high: highMs },
    'ms',
    total.readings,
    "the system's counters of saturated time",
  )
}

function longestAtEnd(rows: readonly PoolRow[], spans: readonly Span[]): number {
  const endUs = spans.at(-1)?.endUs ?? 0
  const after = rows.find((row) => row.saturatedLongestS !== null && row.tUs - row.tookUs >= endUs)
  const longestS = after?.saturatedLongestS ?? rows.findLast((row) => row.saturatedLongestS !== null)?.saturatedLongestS
  return (longestS ?? Number.POSITIVE_INFINITY) * 1000
}

function longestGrown(rows: readonly PoolRow[], spans: readonly Span[]): number {
  let grownMs = 0
  for (const span of spans) {
    const inside = rows.filter(
      (row) => row.saturatedLongestS !== null && row.tUs - row.tookUs >= span.startUs && row.tUs <= span.endUs,
    )
    const first = inside[0]?.saturatedLongestS ?? 0
    const last = inside.at(-1)?.saturatedLongestS ?? 0
    if (last > first) grownMs = Math.max(grownMs, Math.min(last * 1000, (span.endUs - span.startUs) / 1000))
  }
  return grownMs
}

/** The longest run of saturated samples: from its first to its last for sure, from neighbour to neighbour at most. */
function sampledStretch(rows: readonly PoolRow[], spans: readonly Span[]): { interval: Interval; samples: number } {
  const known = rows.filter(
    (row) => row.error === null && row.used !== null && row.max !== null && row.pending !== null,
  )
  const times = known.map((row) => row.tUs)
  let low = 0
  let high = 0
  let samples = 0
  for (const span of spans) {
    const from = lastAtOrBefore(times, span.startUs - 1) + 1
    const to = lastAtOrBefore(times, span.endUs - 1)
    samples += Math.max(0, to - from + 1)
    let begun = -1
    for (let at = from; at <= to; at++) {
      const row = known[at]
      const full =
        row !== undefined && row.used !== null && row.max !== null && row.used >= row.max && (row.pending ?? 0) > 0
      if (!full) begun = -1
      else if (begun < 0) begun = at
      if (begun < 0) {
        continue
      }
      low = Math.max(low, (times[at] ?? 0) - (times[begun] ?? 0))
      const reach =
        Math.min(times[at + 1] ?? span.endUs, span.endUs) - Math.max(times[begun - 1] ?? span.startUs, span.startUs)
      high = Math.max(high, reach)
    }
    // A stretch shorter than the time between two samples may have been seen by none.
    high = Math.max(high, widestGap(times, from, to))
  }
  return { interval: { low: low / 1000, high: high / 1000 }, samples }
}

function widestGap(times: readonly number[], from: number, to: number): number {
  let widest = 0
  for (let at = from + 1; at <= to; at++) widest = Math.max(widest, (times[at] ?? 0) - (times[at - 1] ?? 0))
  return Math.min(widest, 2 * usPerSecond)
}
