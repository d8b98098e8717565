import type { Bound, Measured, ReasonCode, Verdict } from '../domain/verdict.ts'

interface Judgement {
  readonly verdict: Verdict
  readonly reason: ReasonCode
}

const within: Judgement = { verdict: 'pass', reason: 'within_bound' }
const beyond: Judgement = { verdict: 'fail', reason: 'beyond_bound' }
const unsure: Judgement = { verdict: 'unknown', reason: 'interval_crosses_bound' }

/**
 * A bound against a measurement (docs/reading-a-report.md). A bound includes its own value. An interval
 * wholly beyond it fails, one wholly within passes, anything between cannot be told.
 */
export function judgeBound(measured: Measured, bound: Bound): Judgement {
  if (measured.kind === 'none') return { verdict: 'unknown', reason: measured.reason }
  if (measured.kind === 'atLeast') return judgeAtLeast(measured.value, bound)
  const { value } = measured
  if (typeof value === 'boolean') return value === bound.is ? within : beyond
  const { low, high } = measured.interval ?? { low: value, high: value }
  if (bound.max !== undefined) return side(high <= bound.max, low > bound.max)
  if (bound.min !== undefined) return side(low >= bound.min, high < bound.min)
  return unsure
}

/** What was not over by the horizon: it has missed a maximum that it has reached, and met a minimum. */
function judgeAtLeast(value: number, bound: Bound): Judgement {
  if (bound.max !== undefined && value >= bound.max) return beyond
  if (bound.min !== undefined && value >= bound.min) return within
  return { verdict: 'unknown', reason: 'not_over_by_horizon' }
}

function side(isWithin: boolean, isBeyond: boolean): Judgement {
  if (isWithin) return within
  return isBeyond ? beyond : unsure
}
