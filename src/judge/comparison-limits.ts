import type { ComparisonVerdict, EffectLimits } from '../domain/comparison.ts'
import type { EffectKind } from '../measure/compared.ts'

/** A difference is called at most so often where there is none, over all that is compared; each way by itself. */
export const errorRateMax = 0.05

/** Less is of no interest to anybody, however sure it is. */
const smallest: Omit<EffectLimits, 'relative'> = { timeMs: 5, errorRatio: 0.005, poolRatio: 0.05, count: 1 }

/**
 * What a difference must at least be to count, unless told otherwise. Runs of the very same differ by some percent, which
 * one of a kind cannot show: below four a side it takes twice as much.
 */
export function defaultLimits(fewestRuns: number, runsForUnit: number): EffectLimits {
  return { ...smallest, relative: fewestRuns >= runsForUnit ? 0.05 : 0.1 }
}

/** The least difference that counts, in the measure's unit, against such a base. */
export function minimumEffect(effect: EffectKind, base: number, limits: EffectLimits): number {
  const relative = Number.isFinite(base) ? Math.abs(base) * limits.relative : 0
  switch (effect) {
    case 'time':
      return Math.max(limits.timeMs, relative)
    case 'errors':
      return limits.errorRatio
    case 'pool':
      return limits.poolRatio
    case 'count':
      return Math.max(limits.count, relative)
    case 'rate':
      return relative
  }
}

/** A comparison that would have missed so many times the least difference that counts has shown nothing by finding none. */
export const detectableTimesMax = 5

export interface Judged {
  /** In the measure's unit; positive is worse. */
  readonly worseBy: number
  /** Its 95 % interval leaves out 0. */
  readonly isClear: boolean
  readonly worseP: number
  readonly betterP: number
  readonly detectable: number
  readonly minimumEffect: number
}

/** Both are needed, that it is no chance and that it matters. */
export function judgeDifference({ worseBy, isClear, worseP, betterP, ...rest }: Judged): ComparisonVerdict {
  const { detectable, minimumEffect } = rest
  if (isClear && worseP <= errorRateMax && worseBy >= minimumEffect) return 'regression'
  if (isClear && betterP <= errorRateMax && -worseBy >= minimumEffect) return 'improvement'
  return detectable <= detectableTimesMax * minimumEffect ? 'no_difference_shown' : 'too_little_evidence'
}
