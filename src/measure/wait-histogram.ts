import type { Span } from '../domain/time.ts'
import type { Interval } from '../domain/verdict.ts'
import type { WaitReading } from '../record/reader-rows.ts'
import { quantileRank } from './quantile.ts'
import { there } from './there.ts'

/** Waits per bucket, not cumulative; the last entry is above all bounds. */
interface WaitCounts {
  readonly upperBoundsS: readonly number[]
  readonly counts: readonly number[]
  readonly total: number
}

/** A row that may tell of waits: of a pool, or of a bridge. */
export interface WaitRow {
  readonly tUs: number
  readonly tookUs: number
  readonly error: string | null
  readonly wait: WaitReading | null
  /** From this row on; absent: those before it, at first the header's. */
  readonly waitBoundsS?: readonly number[]
}

export function tellsWait(row: WaitRow): boolean {
  return row.wait !== null
}

interface At {
  readonly fromUs: number
  readonly tUs: number
  readonly wait: WaitReading
  /** Of its cumulative counts. */
  readonly boundsS: readonly number[]
}

/** Between readings within the spans, and between those around them. */
interface WaitsOfSpans {
  readonly inner: WaitCounts
  /** null: the histogram began anew, or a reading before or after is missing. */
  readonly outer: WaitCounts | null
}

/** The waits of spans, from the differences of a cumulative histogram. null: it was never told. */
function waitsWithin(readings: readonly At[], boundsS: readonly number[], spans: readonly Span[]): WaitsOfSpans | null {
  if (readings.length === 0) return null
  let inner = emptyCounts(boundsS)
  let outer: WaitCounts | null = emptyCounts(boundsS)
  for (const span of spans) {
    const firstInside = readings.findIndex((reading) => reading.fromUs >= span.startUs)
    const lastInside = readings.findLastIndex((reading) => reading.tUs <= span.endUs)
    const before = readings.findLastIndex((reading) => reading.tUs <= span.startUs)
    const after = readings.findIndex((reading) => reading.fromUs >= span.endUs)
    if (firstInside >= 0) inner = sum(inner, climb(boundsS, readings, firstInside, lastInside).waits)
    const around = before < 0 || after < 0 ? null : climb(boundsS, readings, before, after)
    outer = outer === null || around === null || around.restarted ? null : sum(outer, around.waits)
  }
  return { inner, outer }
}

/**
 * Those of all instances together, each in its own spans, by the bounds that every reading has. null: one of them never
 * told any.
 */
export function waitsOfAll(
  pools: readonly { readonly rows: readonly WaitRow[]; readonly spans: readonly Span[] }[],
  headerBoundsS: readonly number[],
): WaitsOfSpans | null {
  const told = pools.map(({ rows, spans }) => ({ readings: carriedForward(rows, headerBoundsS), spans }))
  const boundsS = boundsOfAll(told.flatMap(({ readings }) => readings)) ?? headerBoundsS
  let all: WaitsOfSpans = { inner: emptyCounts(boundsS), outer: emptyCounts(boundsS) }
  for (const { readings, spans } of told) {
    const own = waitsWithin(readings.map(by(boundsS)), boundsS, spans)
    if (own === null) return null
    const outer = all.outer === null || own.outer === null ? null : sum(all.outer, own.outer)
    all = { inner: sum(all.inner, own.inner), outer }
  }
  return all
}

/** A row without a reading has that of the row before: the writer leaves out what did not change. */
function carriedForward(rows: readonly WaitRow[], headerBoundsS: readonly number[]): readonly At[] {
  let last: WaitReading | null = null
  let boundsS = headerBoundsS
  return rows.flatMap((row) => {
    if (row.error !== null) return []
    last = row.wait ?? last
    boundsS = row.waitBoundsS?.filter(Number.isFinite) ?? boundsS
    // Counts of fewer bounds than there are tell of none.
    if (last === null || last.cumulative.length < boundsS.length) return []
    return [{ fromUs: row.tUs - row.tookUs, tUs: row.tUs, wait: last, boundsS }]
  })
}

/** A process that began anew may count by other bounds: the counts up to those that all have stay true. null: no reading. */
function boundsOfAll(readings: readonly At[]): readonly number[] | null {
  const distinct = [...new Set(readings.map(({ boundsS }) => boundsS))]
  const [first, ...others] = distinct
  return first?.filter((bound) => others.every((boundsS) => boundsS.includes(bound))) ?? null
}

function by(commonS: readonly number[]): (at: At) => At {
  const projected = new Map<WaitReading, WaitReading>()
  return (at) => {
    if (at.boundsS.length === commonS.length) return at
    const wait = projected.get(at.wait) ?? {
      ...at.wait,
      cumulative: commonS.map((bound) => there(at.wait.cumulative[at.boundsS.indexOf(bound)])),
    }
    projected.set(at.wait, wait)
    return { ...at, wait }
  }
}

function emptyCounts(upperBoundsS: readonly number[]): WaitCounts {
  return { upperBoundsS, counts: new Array<number>(upperBoundsS.length + 1).fill(0), total: 0 }
}

function perBucket(upperBoundsS: readonly number[], wait: WaitReading): readonly number[] {
  let before = 0
  return [...wait.cumulative.slice(0, upperBoundsS.length), wait.count].map((upTo) => {
    const own = upTo - before
    before = upTo
    return own
  })
}

/** From one reading to another, as places; what was counted between the last reading of a process and its end is lost. */
function climb(
  boundsS: readonly number[],
  readings: readonly At[],
  from: number,
  to: number,
): { readonly waits: WaitCounts; readonly restarted: boolean } {
  let waits = emptyCounts(boundsS)
  let restarted = false
  let before = there(readings[from]).wait
  for (const { wait: now } of readings.slice(from + 1, to + 1)) {
    if (before === now) continue
    const isAnew = beganAnew(before, now)
    restarted ||= isAnew
    waits = sum(waits, isAnew ? countsOf(boundsS, now) : difference(boundsS, before, now))
    before = now
  }
  return { waits, restarted }
}

/** A count that fell, in sum or up to any bound, is another process's, though it may have caught up otherwise. */
function beganAnew(before: WaitReading, now: WaitReading): boolean {
  return now.count < before.count || before.cumulative.some((count, at) => (now.cumulative[at] ?? 0) < count)
}

function countsOf(upperBoundsS: readonly number[], wait: WaitReading): WaitCounts {
  return { upperBoundsS, counts: perBucket(upperBoundsS, wait), total: wait.count }
}

function difference(upperBoundsS: readonly number[], from: WaitReading, to: WaitReading): WaitCounts {
  const before = perBucket(upperBoundsS, from)
  const counts = perBucket(upperBoundsS, to).map((count, at) => count - there(before[at]))
  return { upperBoundsS, counts, total: to.count - from.count }
}

function sum(a: WaitCounts, b: WaitCounts): WaitCounts {
  return { ...a, counts: a.counts.map((count, at) => count + there(b.counts[at])), total: a.total + b.total }
}

/** The bucket, in s, that holds the p-quantile (1: the maximum). null: there was no wait to count. */
export function waitQuantile(waits: WaitCounts, p: number): Interval | null {
  if (waits.total <= 0) return null
  const rank = quantileRank(p, waits.total)
  let below = 0
  for (const [at, count] of waits.counts.entries()) {
    below += count
    if (below > rank) {
      return { low: waits.upperBoundsS[at - 1] ?? 0, high: waits.upperBoundsS[at] ?? Number.POSITIVE_INFINITY }
    }
  }
  return null
}
