import type { Interval } from '../domain/verdict.ts'

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
    n += counts[block] ?? 0
    hit += hits[block] ?? 0
    if ((counts[block] ?? 0) > 0) blocks += 1
  }
  const share = hit / n
  if (blocks < 2 || !(share > 0 && share < 1)) return 1
  let squares = 0
  for (let block = 0; block < counts.length; block++) {
    squares += ((hits[block] ?? 0) - share * (counts[block] ?? 0)) ** 2
  }
  const clustered = (squares * blocks) / (blocks - 1)
  return Math.min(n, Math.max(1, clustered / (n * share * (1 - share))))
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
