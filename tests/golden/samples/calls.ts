import { isGood, type Outcome } from '../../../src/domain/outcome.ts'
import type { CallSeries } from '../../../src/domain/series.ts'
import { usPerMs, usPerSecond } from '../../../src/domain/time.ts'

/** Generated calls, from which a sample's series and its measurements are both made, so that they agree. */

export interface SampleCall {
  readonly intendedUs: number
  readonly tool: string
  readonly latencyMs: number
  readonly outcome: Outcome
}

/** mulberry32: 32 bits of state are enough for a sample, and it is the same everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface CallShape {
  readonly seed: number
  readonly durationS: number
  readonly tools: readonly string[]
  /** Calls a second at run time `t` seconds. */
  rate(t: number): number
  /** Median in ms, spread of its logarithm, and how often a call fails with what, at `t` seconds. */
  behaviour(t: number, tool: string): { medianMs: number; spread: number; failRatio: number; failure: Outcome }
}

/** A standard normal deviate (Box and Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export function generateCalls(shape: CallShape): SampleCall[] {
  const random = randomOf(shape.seed)
  const calls: SampleCall[] = []
  for (let second = 0; second < shape.durationS; second++) {
    const due = Math.round(shape.rate(second))
    for (let index = 0; index < due; index++) {
      const t = second + (index + random()) / due
      const tool = shape.tools[Math.floor(random() ** 1.6 * shape.tools.length)] ?? 'get_customer'
      const { medianMs, spread, failRatio, failure } = shape.behaviour(t, tool)
      const latencyMs = Math.min(35_000, medianMs * Math.exp(spread * normal(random)))
      const outcome: Outcome = random() < failRatio ? failure : 'ok'
      calls.push({ intendedUs: Math.round(t * usPerSecond), tool, latencyMs, outcome })
    }
  }
  return calls
}

/** Failed calls count as without end: a quantile among them is null here. */
export function quantileMs(calls: readonly SampleCall[], q: number): number | null {
  const values = calls.map((call) => (isGood(call.outcome) ? call.latencyMs : Number.POSITIVE_INFINITY))
  values.sort((a, b) => a - b)
  const value = values[Math.ceil(q * values.length) - 1]
  return value === undefined || !Number.isFinite(value) ? null : value
}

const heatRows = 52
const heatLowestMs = 0.1

/** Lower edges of the rows: 10 a decade from 0.1 ms. */
const rowLowMs = Array.from({ length: heatRows }, (_, row) => Number((heatLowestMs * 10 ** (row / 10)).toPrecision(6)))

function rowOf(latencyMs: number): number {
  return Math.min(heatRows - 1, Math.max(0, Math.floor(10 * Math.log10(latencyMs / heatLowestMs))))
}

function quantileOf(calls: readonly SampleCall[], q: number, needed: number): number | null {
  if (calls.length < needed) return null
  const value = quantileMs(calls, q)
  return value === null ? -1 : Math.round(value * 100) / 100
}

/** The call series that measure/ would make of these calls. */
export function callSeries(calls: readonly SampleCall[], durationS: number, bucketMs: number): CallSeries {
  const bucketUs = bucketMs * usPerMs
  const count = Math.max(1, Math.ceil((durationS * usPerSecond) / bucketUs))
  const groups = Array.from({ length: count }, (): SampleCall[] => [])
  for (const call of calls) groups[Math.floor(call.intendedUs / bucketUs)]?.push(call)
  const heat = rowLowMs.map(() => new Array<number>(count).fill(0))
  const failed = new Array<number>(count).fill(0)
  const byOutcome: Record<string, number[]> = {}
  groups.forEach((group, bucket) => {
    for (const { outcome, latencyMs } of group) {
      const counts = byOutcome[outcome] ?? new Array<number>(count).fill(0)
      byOutcome[outcome] = counts
      counts[bucket] = (counts[bucket] ?? 0) + 1
      const row = isGood(outcome) ? heat[rowOf(latencyMs)] : failed
      if (row !== undefined) row[bucket] = (row[bucket] ?? 0) + 1
    }
  })
  return {
    buckets: { startUs: 0, bucketUs, count },
    intended: groups.map((group) => group.length),
    byOutcome,
    p50Ms: groups.map((group) => quantileOf(group, 0.5, 5)),
    p95Ms: groups.map((group) => quantileOf(group, 0.95, 59)),
    p99Ms: groups.map((group) => quantileOf(group, 0.99, 299)),
    heat: { rowLowMs, calls: heat, failed },
  }
}
