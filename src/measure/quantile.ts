import type { Interval } from '../domain/verdict.ts'
import { there } from './there.ts'

/** The 97.5 % point of the normal distribution: intervals of 95 %. */
const z = 1.96

/**
 * How few independent values can bound a quantile from above: the largest of n values lies above the p-quantile with
 * probability 1 - p^n (Wilks, "Determination of sample sizes for setting tolerance limits", 1941), and 95 % are asked
 * for. 5 for p50, 59 for p95, 299 for p99, 2,995 for p99.9.
 */
export function sampleCountMin(p: number): number {
  return Math.ceil(Math.log(0.05) / Math.log(p))
}

/** 0-based place of the p-quantile among n sorted values: the smallest value with at least a share p at or below it. */
export function quantileRank(p: number, n: number): number {
  // 0.95 * 20 is 19.000000000000004 in doubles: without the slack p95 of 20 values would be their maximum.
  return Math.min(n, Math.max(1, Math.ceil(p * n - 1e-9))) - 1
}

/**
 * Two-sided 95 % interval of a quantile as 0-based places among n sorted values: order statistics, binomial by its
 * normal approximation (Conover, "Practical Nonparametric Statistics", 3rd ed., section 3.2), with the variance
 * multiplied by the design effect (Woodruff, "Confidence intervals for medians and other position measures", 1952).
 * The places stay within the n values: no call of the window was slower than its slowest.
 */
export function quantileInterval(p: number, n: number, designEffect: number): { low: number; high: number } {
  const spread = z * Math.sqrt(n * p * (1 - p) * designEffect)
  const low = Math.floor(n * p - spread)
  const high = Math.ceil(n * p + spread) + 1
  return { low: Math.max(1, low) - 1, high: Math.min(n, high) - 1 }
}

/**
 * By how much the variance of a mean of `indicator` is larger than if calls were independent, from the sums over
 * blocks of calls: Kish's design effect, "Survey Sampling", 1965, by the ultimate-cluster variance of a ratio. At least
 * 1, at most the number of calls; 1 when there are fewer than 2 blocks or the indicator never varies.
 *
 * @param counts calls in each block
 * @param hits calls in each block for which the indicator holds
 */
export function designEffect(counts: ArrayLike<number>, hits: ArrayLike<number>): number {
  let n = 0
  let hit = 0
  let blocks = 0
  for (let block = 0; block < counts.length; block++) {
    const count = there(counts[block])
    n += count
    hit += there(hits[block])
    if (count > 0) blocks += 1
  }
  const share = hit / n
  if (blocks < 2 || !(share > 0 && share < 1)) return 1
  let squares = 0
  for (let block = 0; block < counts.length; block++) {
    squares += (there(hits[block]) - share * there(counts[block])) ** 2
  }
  const clustered = (squares * blocks) / (blocks - 1)
  return Math.min(n, Math.max(1, clustered / (n * share * (1 - share))))
}

/**
 * Lengths of blocks, in seconds, of which the one with the largest effect counts: what is slow together for longer than
 * a block makes neighbouring blocks alike, and the effect of short blocks too small. Measured on simulated load
 * (tests/simulation): of 95 % that are promised, blocks of 1 s alone held 45 % where calls are alike over 5 s.
 */
const blockSecondsOf = [1, 2, 5, 10, 20, 30]
/** Fewer blocks than this say too little of how much blocks differ. */
const blocksMin = 6

/**
 * The design effect for an interval, from the sums of each second: the largest over blocks of rising length, of which
 * there must be some; widened by Student's t, since it is itself an estimate from as few values as there are blocks
 * (batch means: Law, "Simulation Modeling and Analysis", 5th ed., section 9.5.3). At most the number of calls.
 *
 * @param counts calls in each second; a second that is left out has none
 * @param hits calls in each second for which the indicator holds
 */
export function clusteredEffect(counts: ArrayLike<number>, hits: ArrayLike<number>): number {
  const effects = blockSecondsOf.map((seconds) => {
    const blockCounts = summed(counts, counts.length, seconds)
    const blockHits = summed(hits, counts.length, seconds)
    const blocks = blockCounts.filter((count) => count > 0).length
    if (blocks < 2 || (seconds > 1 && blocks < blocksMin)) return 1
    const effect = designEffect(blockCounts, blockHits)
    return Math.min(sum(blockCounts), effect * (studentT(blocks - 1) / z) ** 2)
  })
  return Math.max(...effects)
}

/** A second of which nothing is told has none: lists may have holes, and end early. */
function summed(values: ArrayLike<number>, length: number, each: number): number[] {
  const sums = new Array<number>(Math.ceil(length / each)).fill(0)
  for (let at = 0; at < length; at++) {
    const block = Math.floor(at / each)
    sums[block] = there(sums[block]) + (values[at] ?? 0)
  }
  return sums
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Of which the series below would be too small. */
const fewDegrees = [12.706, 4.303, 3.182, 2.776]

/** The 97.5 % point of Student's t: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5. */
export function studentT(degrees: number): number {
  const few = fewDegrees[degrees - 1]
  if (few !== undefined) return few
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}

interface QuantileEstimate {
  /** Infinity when the quantile falls among values without an end. */
  readonly value: number
  readonly interval: Interval
}

/**
 * A quantile of values of which some are known from below only. `lows` and `highs` sorted on their own, of one length:
 * each value lies between its entry in both; equal for what is known exactly.
 */
export function estimateQuantile(
  p: number,
  lows: Float64Array,
  highs: Float64Array,
  designEffectOf: (above: number) => number,
): QuantileEstimate {
  const value = lows[quantileRank(p, lows.length)] ?? Number.NaN
  const places = quantileInterval(p, lows.length, designEffectOf(value))
  const low = lows[places.low] ?? Number.NaN
  return { value, interval: { low, high: highs[places.high] ?? Number.NaN } }
}
