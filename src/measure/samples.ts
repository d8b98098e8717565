import { type Span, usPerSecond } from '../domain/time.ts'
import { there } from './there.ts'
import { durationUs } from './windows.ts'

/** A longer silence of a sampler is a gap (docs/reading-a-report.md); for one that samples seldom, two intervals. */
export const gapUsMax = 2 * usPerSecond
const coverageMin = 0.9
/** Time up to this from one answer to the next counts as covered: a busy machine delays a sampler by some 100 ms. */
const coveredUsMax = 1 * usPerSecond

export interface Sampled {
  readonly tUs: number
  readonly tookUs: number
  readonly error: string | null
}

/** Why a sampler's word on these spans is no evidence, or null when it is. A failed sample is as good as none. */
export function silence(rows: readonly Sampled[], spans: readonly Span[], everyMs: number): string | null {
  const everyUs = everyMs * 1000
  const times = rows.filter((row) => row.error === null).map((row) => row.tUs)
  let missingUs = 0
  for (const span of spans) {
    for (const gap of gapsOf(times, span)) {
      const gapUs = gap.endUs - gap.startUs
      if (gapUs > Math.max(gapUsMax, 2 * everyUs)) {
        return `no answer for ${seconds(gapUs)} s from ${seconds(gap.startUs)} s on`
      }
      const insideUs = Math.min(gap.endUs, span.endUs) - Math.max(gap.startUs, span.startUs)
      missingUs += Math.max(0, insideUs - Math.max(coveredUsMax, 2 * everyUs))
    }
  }
  const coverage = 1 - missingUs / durationUs(spans)
  return coverage < coverageMin ? `answers cover ${Math.floor(coverage * 100)} % of the window` : null
}

/** The stretches between neighbouring samples that touch a span; its own ends count as samples where none is beyond. */
function gapsOf(times: readonly number[], span: Span): readonly Span[] {
  const from = lastAtOrBefore(times, span.startUs)
  const points: number[] = from < 0 ? [span.startUs] : []
  let closed = false
  for (let at = Math.max(0, from); at < times.length && !closed; at++) {
    const timeUs = there(times[at])
    points.push(timeUs)
    closed = timeUs >= span.endUs
  }
  if (!closed) points.push(span.endUs)
  return points.slice(1).map((endUs, at) => ({ startUs: there(points[at]), endUs }))
}

/** Index of the last of rising times that is at or before `timeUs`, or -1. */
export function lastAtOrBefore(times: ArrayLike<number>, timeUs: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (there(times[middle]) <= timeUs) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** A gauge's readings: only rows that have one, in order of time. */
export interface Gauge {
  readonly timesUs: readonly number[]
  readonly values: readonly number[]
}

export function gauge<Row extends Sampled>(rows: readonly Row[], read: (row: Row) => number | null): Gauge {
  const timesUs: number[] = []
  const values: number[] = []
  for (const row of rows) {
    const value = row.error === null ? read(row) : null
    if (value === null) continue
    timesUs.push(row.tUs)
    values.push(value)
  }
  return { timesUs, values }
}

/** Values within [startUs, endUs). */
export function valuesWithin(source: Gauge, span: Span): readonly number[] {
  const from = lastAtOrBefore(source.timesUs, span.startUs - 1) + 1
  const to = lastAtOrBefore(source.timesUs, span.endUs - 1) + 1
  return source.values.slice(from, to)
}

/**
 * How far a quantity may have risen unseen: the largest rise from a sample to the next, both in the span. What a
 * neighbour beyond its edge saw is another window's: a fault that begins there would be told of the calm before it.
 */
export function largestRise(source: Gauge, span: Span): number {
  const from = lastAtOrBefore(source.timesUs, span.startUs - 1) + 2
  const to = lastAtOrBefore(source.timesUs, span.endUs - 1)
  let rise = 0
  for (let at = from; at <= to; at++) rise = Math.max(rise, there(source.values[at]) - there(source.values[at - 1]))
  return rise
}

/** The sample in the span that is nearest to a part of it; null: the span has none. */
export function nearestWithin(source: Gauge, span: Span, part: Span): number | null {
  const first = lastAtOrBefore(source.timesUs, span.startUs - 1) + 1
  const last = lastAtOrBefore(source.timesUs, span.endUs - 1)
  if (last < first) return null
  const before = lastAtOrBefore(source.timesUs, part.startUs)
  return source.values[Math.min(last, Math.max(first, before))] ?? null
}

/** A sampled peak over spans: the highest sample, and how high it may have been between two. null: no sample. */
export function sampledPeak(
  source: Gauge,
  spans: readonly Span[],
): { low: number; high: number; samples: number } | null {
  let low = Number.NEGATIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let samples = 0
  for (const span of spans) {
    const values = valuesWithin(source, span)
    const peak = highest(values)
    samples += values.length
    low = Math.max(low, peak)
    high = Math.max(high, peak + largestRise(source, span))
  }
  return samples === 0 ? null : { low, high, samples }
}

/**
 * A sampled peak of something whose arrivals are counted as well: between two samples there can never have been more
 * than the earlier one and all that arrived since; as for the largest rise, both samples lie in the span. Without a
 * counter the largest rise has to do. null: no sample.
 */
export function peakWithArrivals(
  source: Gauge,
  arrivals: Gauge,
  spans: readonly Span[],
): { low: number; high: number; samples: number } | null {
  const sampled = sampledPeak(source, spans)
  if (sampled === null || arrivals.values.length !== source.values.length) return sampled
  let high = sampled.low
  for (const span of spans) {
    const from = lastAtOrBefore(source.timesUs, span.startUs - 1) + 1
    const to = lastAtOrBefore(source.timesUs, span.endUs - 1)
    for (let at = from; at < to; at++) {
      const arrived = there(arrivals.values[at + 1]) - there(arrivals.values[at])
      // A counter that went back was reset with its server: nothing is known of what arrived.
      if (arrived < 0) return sampled
      high = Math.max(high, there(source.values[at]) + arrived)
    }
  }
  return { ...sampled, high }
}

/** -Infinity of no value. */
export function highest(values: Iterable<number>): number {
  let peak = Number.NEGATIVE_INFINITY
  for (const value of values) peak = Math.max(peak, value)
  return peak
}

function seconds(us: number): string {
  return (us / usPerSecond).toFixed(1)
}
