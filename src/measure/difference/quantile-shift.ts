import type { Interval } from '../../domain/verdict.ts'
import { quantileRank, sampleCountMin } from '../quantile.ts'
import { there } from '../there.ts'
import { bisect } from './bisect.ts'
import { type BlockVariance, blockVariance } from './block-variance.ts'
import { type Difference, welchDegrees } from './pair.ts'
import { type NoEstimate, nothing, tooShort } from './side.ts'
import { twoSidedP, twoSidedQuantile, zOfPower80 } from './student.ts'

/** One run's values, second by second. Infinity: longer than anything. */
export type ValueCells = readonly Float64Array[]

/** All runs of one side, in the order that questions about ranks need. */
export interface ValueSide {
  readonly sorted: Float64Array
  /** Each cell sorted. */
  readonly runs: readonly ValueCells[]
}

export function valueSide(runs: readonly ValueCells[]): ValueSide {
  const own = runs.map((cells) => cells.map((cell) => cell.toSorted()))
  const sorted = new Float64Array(own.reduce((sum, cells) => sum + cells.reduce((n, { length }) => n + length, 0), 0))
  let at = 0
  for (const cell of own.flat()) {
    sorted.set(cell, at)
    at += cell.length
  }
  return { sorted: sorted.sort(), runs: own }
}

export interface QuantileDifference extends Difference {
  readonly base: number
  readonly head: number
  readonly blocks: readonly [base: BlockVariance, head: BlockVariance]
}

/** Beyond these ratios nothing is searched: the end of the interval is open. */
const ratioMax = 1_000
const bisections = 24

/**
 * How the p-quantile of head differs from that of base, in the values' unit. The test asks whether as large a share of
 * head as of base lies above the quantile of both together, with each share's variance taken over blocks of time. So a
 * side that happened to have one burst more is not taken for slower: how often bursts come varies, and that is what
 * the blocks tell. The interval holds all ratios r for which base times r would not differ (the inverted test). The
 * median test's idea (Mood, 1950) for any quantile; Woodruff, 1952, for its variance in samples that are not
 * independent; values equal to the quantile count half.
 */
export function quantileShift(base: ValueSide, head: ValueSide, p: number): QuantileDifference | NoEstimate {
  const fewest = Math.min(base.sorted.length, head.sorted.length)
  if (fewest === 0) return nothing
  if (fewest < sampleCountMin(p)) return { why: `${fewest} values: p${p * 100} needs ${sampleCountMin(p)}` }
  const ofBase = there(base.sorted[quantileRank(p, base.sorted.length)])
  const ofHead = there(head.sorted[quantileRank(p, head.sorted.length)])
  const test = (ratio: number) => shareTest(base, head, p, ratio)
  const asIs = test(1)
  if (asIs === null) return tooShort
  if (!Number.isFinite(ofBase)) return { why: 'in the base so many calls had no good end that this has none' }
  if (ofBase <= 0) return { why: 'the base has 0: nothing can be so many times as long' }
  const value = ofHead - ofBase
  const within = (alpha: number): Interval => {
    const { low, high } = ratios(ofHead / ofBase, (ratio) => there(test(ratio)?.p) >= alpha)
    return { low: Math.min(value, (low - 1) * ofBase), high: Math.max(value, (high - 1) * ofBase) }
  }
  return {
    base: ofBase,
    head: ofHead,
    value,
    interval: within(0.05),
    p: value === 0 ? 1 : asIs.p,
    df: asIs.df,
    blocks: asIs.blocks,
    detectable: (alpha) => {
      const { low, high } = within(alpha)
      const reach = Number.isFinite(value) ? Math.max(value - low, high - value) : Number.POSITIVE_INFINITY
      return reach * (1 + zOfPower80 / twoSidedQuantile(alpha, asIs.df))
    },
  }
}

/** From the best ratio downwards and upwards to where the test no longer accepts. */
function ratios(best: number, accepts: (ratio: number) => boolean): Interval {
  const from = Math.min(ratioMax, Math.max(1 / ratioMax, best))
  return {
    low: edge(from, 1 / ratioMax, accepts) ?? 0,
    high: edge(from, ratioMax, accepts) ?? Number.POSITIVE_INFINITY,
  }
}

/** Between `inside`, which is accepted, and `outside`; null: that is accepted, too. */
function edge(inside: number, outside: number, accepts: (ratio: number) => boolean): number | null {
  if (accepts(outside)) return null
  const logs = { near: Math.log(inside), far: Math.log(outside) }
  return Math.exp(bisect(logs, bisections, (log) => accepts(Math.exp(log))).far)
}

function shareTest(base: ValueSide, head: ValueSide, p: number, ratio: number) {
  const among = base.sorted.length + head.sorted.length
  const limit = pooledAt(base.sorted, ratio, head.sorted, quantileRank(p, among))
  const one = shareAbove(base, limit / ratio, p)
  const two = shareAbove(head, limit, p)
  if (one === null || two === null) return null
  const df = welchDegrees(one.variance, one.blocks.df, two.variance, two.blocks.df)
  const c = Math.abs(two.share - one.share) / Math.sqrt(one.variance + two.variance)
  return { p: twoSidedP(c, df), df, blocks: [one.blocks, two.blocks] as const }
}

function shareAbove({ sorted, runs }: ValueSide, limit: number, p: number) {
  const n = sorted.length
  const share = weightAbove(sorted, limit) / n
  const residuals = runs.map((cells) =>
    Float64Array.from(cells, (cell) => weightAbove(cell, limit) - share * cell.length),
  )
  const blocks = blockVariance(residuals)
  if (blocks === null) return null
  // Never less than if calls were independent.
  return { share, blocks, variance: Math.max(blocks.variance, n * p * (1 - p)) / (n * n) }
}

/** How many of sorted values lie above the limit; those at it count half. */
function weightAbove(sorted: Float64Array, limit: number): number {
  const atMost = countBelow(sorted, (value) => value <= limit)
  const below = countBelow(sorted, (value) => value < limit)
  return sorted.length - (atMost + below) / 2
}

/** How many of sorted values, from the first on, it holds for. */
function countBelow(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(there(sorted[middle]))) low = middle + 1
    else high = middle
  }
  return low
}

/** The value at 0-based `rank` among base × ratio and head together, both sorted. */
function pooledAt(base: Float64Array, ratio: number, head: Float64Array, rank: number): number {
  let low = Math.max(0, rank - head.length)
  let high = Math.min(rank, base.length)
  while (low < high) {
    const ofBase = (low + high) >> 1
    // With so many of base below, would the next of base still come before the last taken of head?
    if (there(base[ofBase]) * ratio < there(head[rank - ofBase - 1])) low = ofBase + 1
    else high = ofBase
  }
  const [ofBase, ofHead] = [base[low] ?? Number.POSITIVE_INFINITY, head[rank - low] ?? Number.POSITIVE_INFINITY]
  return Math.min(ofBase * ratio, ofHead)
}
