import { type Span, usPerSecond } from '../domain/time.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { type Gauge, highest, largestRise, lastAtOrBefore, nearestWithin, valuesWithin } from './samples.ts'

/** The system keeps its last 10 marks (docs/run-folder.md, reference-server/pool/saturation.ts). */
const keptSeconds = 10

/** The peak of one whole second of the system's uptime, placed in run time. */
interface SecondMark {
  /** The second's start in run time, µs, give or take `slackUs`. */
  readonly startUs: number
  readonly slackUs: number
  readonly peak: number
}

type Marks = 'usedHigh' | 'pendingHigh'

interface Life {
  /** run time - uptime lies in [low, high], µs, by every reading of this life of the process. */
  offsetLowUs: number
  offsetHighUs: number
  readonly uptimes: number[]
  readonly peaks: Map<number, number>
}

/**
 * The high-water marks that are final: seconds of which a later reading came while the system still kept them. Uptime
 * is mapped to run time by bracketing: each reading was taken between its request and its answer.
 */
export function secondMarks(rows: readonly PoolRow[], which: Marks): readonly SecondMark[] {
  const known = derived[which].get(rows)
  if (known !== undefined) return known
  const marks = deriveMarks(rows, which)
  derived[which].set(rows, marks)
  return marks
}

/** Many measures ask for the marks of the same rows. */
const derived = {
  usedHigh: new WeakMap<readonly PoolRow[], readonly SecondMark[]>(),
  pendingHigh: new WeakMap<readonly PoolRow[], readonly SecondMark[]>(),
}

function deriveMarks(rows: readonly PoolRow[], which: Marks): readonly SecondMark[] {
  return lives(rows, which).flatMap((life) => {
    const low = Math.min(life.offsetLowUs, life.offsetHighUs)
    const high = Math.max(life.offsetLowUs, life.offsetHighUs)
    return [...life.peaks]
      .filter(([second]) => isFinal(life.uptimes, second))
      .sort(([a], [b]) => a - b)
      .map(([second, peak]) => ({
        startUs: (low + high) / 2 + second * usPerSecond,
        slackUs: (high - low) / 2,
        peak,
      }))
  })
}

/** Whether a reading came after the second was over and while the system still kept it. `uptimes` rise. */
function isFinal(uptimes: readonly number[], second: number): boolean {
  const uptime = uptimes[lastAtOrBefore(uptimes, second + keptSeconds - 1e-9)] ?? Number.NEGATIVE_INFINITY
  return uptime >= second + 1
}

function lives(rows: readonly PoolRow[], which: Marks): readonly Life[] {
  const all: Life[] = []
  for (const row of rows) {
    if (row.error !== null || row.uptimeS === null) continue
    let life = all.at(-1)
    if (life === undefined || row.uptimeS < (life.uptimes.at(-1) ?? 0)) {
      life = {
        offsetLowUs: Number.NEGATIVE_INFINITY,
        offsetHighUs: Number.POSITIVE_INFINITY,
        uptimes: [],
        peaks: new Map(),
      }
      all.push(life)
    }
    const answeredAgo = row.tUs - row.uptimeS * usPerSecond
    life.offsetLowUs = Math.max(life.offsetLowUs, answeredAgo - row.tookUs)
    life.offsetHighUs = Math.min(life.offsetHighUs, answeredAgo)
    life.uptimes.push(row.uptimeS)
    for (const [second, peak] of row[which] ?? []) life.peaks.set(second, peak)
  }
  return all
}

/** A peak: surely at least `low`, at most `high`; `exact` when marks cover all but the span's edges. */
export interface Peak {
  readonly low: number
  readonly high: number
  readonly exact: boolean
}

/**
 * The peak of a quantity within a span, from marks where they cover it and from samples where they do not. A mark of a
 * second that lies only partly in the span bounds that part from above; samples may bound it closer. null: no evidence.
 */
export function peakWithin(marks: readonly SecondMark[], samples: Gauge, span: Span): Peak | null {
  let low = highest(valuesWithin(samples, span))
  let high = low
  let coveredToUs = span.startUs
  let exact = true
  const rise = largestRise(samples, span)
  const sampledHigh = (part: Span): number => {
    const nearest = nearestWithin(samples, span, part)
    return nearest === null ? Number.NEGATIVE_INFINITY : Math.max(nearest, highest(valuesWithin(samples, part))) + rise
  }
  for (const mark of marks) {
    const endUs = mark.startUs + usPerSecond
    if (endUs <= span.startUs || mark.startUs >= span.endUs) continue
    if (mark.startUs - coveredToUs > mark.slackUs + 1) {
      exact = false
      high = Math.max(high, sampledHigh({ startUs: coveredToUs, endUs: mark.startUs }))
    }
    coveredToUs = endUs
    const inside = mark.startUs - mark.slackUs >= span.startUs && endUs + mark.slackUs <= span.endUs
    if (inside) {
      low = Math.max(low, mark.peak)
      high = Math.max(high, mark.peak)
    } else {
      const part = { startUs: Math.max(mark.startUs, span.startUs), endUs: Math.min(endUs, span.endUs) }
      const sampled = sampledHigh(part)
      high = Math.max(high, Number.isFinite(sampled) ? Math.min(mark.peak, sampled) : mark.peak)
    }
  }
  if (coveredToUs < span.endUs) {
    exact = false
    high = Math.max(high, sampledHigh({ startUs: coveredToUs, endUs: span.endUs }))
  }
  if (!Number.isFinite(high)) return null
  return { low: Number.isFinite(low) ? low : 0, high: Math.max(low, high), exact }
}
