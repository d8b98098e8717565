import type { Span } from '../domain/time.ts'
import type { Interval } from '../domain/verdict.ts'
import type { PoolRow, WaitReading } from '../record/reader-rows.ts'
import { quantileRank } from './quantile.ts'

/** Waits per bucket, not cumulative; the last entry is above all bounds. */
interface WaitCounts {
  readonly upperBoundsS: readonly number[]
  readonly counts: readonly number[]
  readonly total: number
}

interface At {
  readonly fromUs: number
  readonly tUs: number
  readonly wait: WaitReading
}

/** Between readings within the spans, and between those around them. */
interface WaitsOfSpans {
  readonly inner: WaitCounts
  /** null: the histogram began anew, or a reading before or after is missing. */
  readonly outer: WaitCounts | null
}

/** The waits of spans, from the differences of a cumulative histogram. null: it was never told. */
function waitsWithin(
  rows: readonly PoolRow[],
  boundsS: readonly number[],
  spans: readonly Span[],
): WaitsOfSpans | null {
  const readings = carriedForward(rows)
  if (readings.length === 0) return null
  let inner = emptyCounts(boundsS)
  let outer: WaitCounts | null = emptyCounts(boundsS)
  for (const span of spans) {
    const firstInside = readings.find((reading) => reading.fromUs >= span.startUs)
    const lastInside = readings.findLast((reading) => reading.tUs <= span.endUs)
    const before = readings.findLast((reading) => reading.tUs <= span.startUs)
    const after = readings.find((reading) => reading.fromUs >= span.endUs)
    if (firstInside !== undefined && lastInside !== undefined && lastInside.tUs > firstInside.tUs) {
      inner = sum(inner, difference(boundsS, firstInside.wait, lastInside.wait) ?? emptyCounts(boundsS))
    }
    const around = before === undefined || after === undefined ? null : difference(boundsS, before.wait, after.wait)
    outer = outer === null || around === null ? null : sum(outer, around)
  }
  return { inner, outer }
}

/** Those of all instances together, each in its own spans. null: one of them never told any. */
export function waitsOfAll(
  pools: readonly { readonly rows: readonly PoolRow[]; readonly spans: readonly Span[] }[],
  boundsS: readonly number[],
): WaitsOfSpans | null {
  let all: WaitsOfSpans = { inner: emptyCounts(boundsS), outer: emptyCounts(boundsS) }
  for (const { rows, spans } of pools) {
    const own = waitsWithin(rows, boundsS, spans)
    if (own === null) return null
    const outer = all.outer === null || own.outer === null ? null : sum(all.outer, own.outer)
    all = { inner: sum(all.inner, own.inner), outer }
  }
  return all
}

/** A row without a reading has that of the row before: the writer leaves out what did not change. */
function carriedForward(rows: readonly PoolRow[]): readonly At[] {
  let last: WaitReading | null = null
  return rows.flatMap((row) => {
    if (row.error !== null) return []
    last = row.wait ?? last
    return last === null ? [] : [{ fromUs: row.tUs - row.tookUs, tUs: row.tUs, wait: last }]
  })
}

function emptyCounts(upperBoundsS: readonly number[]): WaitCounts {
  return { upperBoundsS, counts: new Array<number>(upperBoundsS.length + 1).fill(0), total: 0 }
}

function perBucket(upperBoundsS: readonly number[], wait: WaitReading): readonly number[] {
  return [...upperBoundsS, Number.POSITIVE_INFINITY].map((_, at) => {
    const upTo = at < upperBoundsS.length ? (wait.cumulative[at] ?? 0) : wait.count
    return upTo - (at === 0 ? 0 : (wait.cumulative[at - 1] ?? 0))
  })
}

/** null when it began anew in between: what was counted before that is lost. */
function difference(upperBoundsS: readonly number[], from: WaitReading, to: WaitReading): WaitCounts | null {
  if (to.count < from.count) return null
  const before = perBucket(upperBoundsS, from)
  const counts = perBucket(upperBoundsS, to).map((count, at) => count - (before[at] ?? 0))
  return { upperBoundsS, counts, total: to.count - from.count }
}

function sum(a: WaitCounts, b: WaitCounts): WaitCounts {
  return { ...a, counts: a.counts.map((count, at) => count + (b.counts[at] ?? 0)), total: a.total + b.total }
}

/** The bucket, in s, that holds the p-quantile (1: the maximum). null: there was no wait to count. */
export function waitQuantile(waits: WaitCounts, p: number): Interval | null {
  if (waits.total <= 0) return null
  const rank = quantileRank(p, waits.total)
  let below = 0
  for (let at = 0; at < waits.counts.length; at++) {
    below += waits.counts[at] ?? 0
    if (below > rank) {
      return { low: waits.upperBoundsS[at - 1] ?? 0, high: waits.upperBoundsS[at] ?? Number.POSITIVE_INFINITY }
    }
  }
  return null
}
