import type { Interval } from '../../domain/verdict.ts'
import { bisect } from './bisect.ts'
import type { SideEstimate } from './side.ts'
import { cMax, twoSidedP, twoSidedQuantile, zOfPower80 } from './student.ts'

/** Head - base, with what can be said of it. */
export interface Difference {
  readonly value: number
  /** 95 %, of this difference alone. */
  readonly interval: Interval
  /** Two-sided: that as clear a difference, either way, comes by chance; of this difference alone. */
  readonly p: number
  readonly df: number
  /** The difference that four of five comparisons find when `alpha` is left for it. */
  readonly detectable: (alpha: number) => number
}

/**
 * The difference of two estimates with intervals that need not be symmetric: MOVER (Zou & Donner, "Construction of
 * confidence limits about effect measures", 2008; for shares it is Newcombe's hybrid score interval, 1998). Its p is
 * that of the widest interval that leaves out 0, so that the two never disagree.
 */
export function differenceOf(base: SideEstimate, head: SideEstimate): Difference {
  const value = head.value - base.value
  const reach = (c: number): Interval => {
    const ofBase = base.reach(c)
    const ofHead = head.reach(c)
    return {
      low: value - Math.hypot(head.value - ofHead.low, ofBase.high - base.value),
      high: value + Math.hypot(ofHead.high - head.value, base.value - ofBase.low),
    }
  }
  const df = welchDf(base, head)
  const leavesOutZero = (c: number): boolean => {
    const { low, high } = reach(c)
    return low > 0 || high < 0
  }
  return {
    value,
    interval: reach(twoSidedQuantile(0.05, df)),
    p: value === 0 ? 1 : twoSidedP(widest(leavesOutZero), df),
    df,
    detectable: (alpha) => {
      const c = twoSidedQuantile(alpha, df)
      const { low, high } = reach(c)
      return Math.max(value - low, high - value) * (1 + zOfPower80 / c)
    },
  }
}

/** The largest c for which it still holds; it holds for smaller ones if for a larger. */
function widest(holds: (c: number) => boolean): number {
  if (holds(cMax)) return Number.POSITIVE_INFINITY
  let low = 0
  let high = 1
  while (holds(high)) {
    low = high
    high *= 2
  }
  return bisect({ near: low, far: high }, 40, holds).near
}

function welchDf(base: SideEstimate, head: SideEstimate): number {
  // Four times the variance: only the proportion of the two counts.
  const variance = ({ reach }: SideEstimate): number => {
    const { low, high } = reach(1)
    return (high - low) ** 2
  }
  return welchDegrees(variance(base), base.df, variance(head), head.df)
}

/** Welch, "The generalization of Student's problem when several different population variances are involved", 1947. */
export function welchDegrees(varianceA: number, dfA: number, varianceB: number, dfB: number): number {
  const sum = varianceA + varianceB
  if (!(sum > 0) || !Number.isFinite(sum)) return Math.min(dfA, dfB)
  return sum ** 2 / (varianceA ** 2 / dfA + varianceB ** 2 / dfB)
}
