import { type Span, usPerSecond } from '../domain/time.ts'
import type { Interval, Measured } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { counter, increase } from './counters.ts'
import type { PoolPart } from './instance-pools.ts'
import { between, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { highest, lastAtOrBefore } from './samples.ts'
import { there } from './there.ts'
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
  const longest = longestTold(rows)
  if (total === null || longest.length === 0) return null
  const sampled = sampledStretch(rows, spans)
  const longestMs = longestAtEnd(longest, spans)
  const highMs = Math.min(total.interval.high * 1000, longestMs)
  // A longest stretch that grew within a span is of that span; it can only have begun before it.
  const grewMs = longestGrown(longest, spans)
  const lowMs = Math.min(highMs, Math.max(sampled.interval.low, grewMs))
  return between(
    Math.max(lowMs, Math.min(highMs, grewMs)),
    { low: lowMs, high: highMs },
    'ms',
    total.readings,
    "the system's counters of saturated time",
  )
}

/** The longest stretch so far, as it was told between `fromUs` and `tUs`. */
interface Longest {
  readonly fromUs: number
  readonly tUs: number
  readonly ms: number
}

function longestTold(rows: readonly PoolRow[]): readonly Longest[] {
  return rows.flatMap(({ tUs, tookUs, saturatedLongestS: longestS }) =>
    longestS === null ? [] : [{ fromUs: tUs - tookUs, tUs, ms: longestS * 1000 }],
  )
}

function longestAtEnd(longest: readonly Longest[], spans: readonly Span[]): number {
  const { endUs } = there(spans.at(-1))
  return there(longest.find(({ fromUs }) => fromUs >= endUs) ?? longest.at(-1)).ms
}

function longestGrown(longest: readonly Longest[], spans: readonly Span[]): number {
  let grownMs = 0
  for (const { startUs, endUs } of spans) {
    const inside = longest.filter(({ fromUs, tUs }) => fromUs >= startUs && tUs <= endUs).map(({ ms }) => ms)
    const lastMs = inside.at(-1)
    if (lastMs !== undefined && lastMs > there(inside[0]))
      grownMs = Math.max(grownMs, Math.min(lastMs, (endUs - startUs) / 1000))
  }
  return grownMs
}

/** The longest run of saturated samples: from its first to its last for sure, from neighbour to neighbour at most. */
function sampledStretch(rows: readonly PoolRow[], spans: readonly Span[]): { interval: Interval; samples: number } {
  const known = rows.flatMap(({ tUs, error, used, max, pending }) =>
    error !== null || used === null || max === null || pending === null
      ? []
      : [{ tUs, isFull: used >= max && pending > 0 }],
  )
  const times = known.map(({ tUs }) => tUs)
  let low = 0
  let high = 0
  let samples = 0
  for (const span of spans) {
    const from = lastAtOrBefore(times, span.startUs - 1) + 1
    const inside = known.slice(from, lastAtOrBefore(times, span.endUs - 1) + 1)
    samples += inside.length
    let begun: { readonly tUs: number; readonly beforeUs: number } | null = null
    for (const [place, { tUs, isFull }] of inside.entries()) {
      const [beforeUs, afterUs] = [times[from + place - 1], times[from + place + 1]]
      begun = isFull ? (begun ?? { tUs, beforeUs: Math.max(beforeUs ?? span.startUs, span.startUs) }) : null
      if (begun === null) continue
      low = Math.max(low, tUs - begun.tUs)
      high = Math.max(high, Math.min(afterUs ?? span.endUs, span.endUs) - begun.beforeUs)
    }
    // A stretch shorter than the time between two samples may have been seen by none.
    high = Math.max(high, widestGap(inside.map(({ tUs }) => tUs)))
  }
  return { interval: { low: low / 1000, high: high / 1000 }, samples }
}

function widestGap(times: readonly number[]): number {
  const gaps = times.slice(1).map((tUs, at) => tUs - there(times[at]))
  return Math.min(highest([0, ...gaps]), 2 * usPerSecond)
}
