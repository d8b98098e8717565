import type { ComparisonRow, ComparisonVerdict, EffectLimits, SideValue } from '../../src/domain/comparison.ts'
import type { Unit } from '../../src/domain/verdict.ts'
import { quantity, roundQuantity, significant } from './numbers.ts'

/** What a row is called by its verdict. */
export const comparisonWords: Readonly<Record<ComparisonVerdict, string>> = {
  regression: 'regression',
  improvement: 'improvement',
  no_difference_shown: 'no difference shown',
  too_little_evidence: 'too little evidence',
}

/** What a comparison as a whole is called. */
export const comparisonTitles: Readonly<Record<ComparisonVerdict, string>> = {
  regression: 'Regression',
  improvement: 'Improvement',
  no_difference_shown: 'No difference shown',
  too_little_evidence: 'Too little evidence',
}

/** The value of one side; so many calls without a good end that a percentile has none is told as such. */
export function sideText(side: SideValue | null, unit: Unit): string {
  if (side === null || Number.isNaN(side.value)) return '–'
  return Number.isFinite(side.value) ? quantity(side.value, unit) : 'without end'
}

/** Less than any number of a run is told to. */
const leastShown = 1e-9

/** A difference with its sign; shares differ in percentage points. */
export function signed(value: number, unit: Unit): string {
  // What is left of numbers that cancel each other out is none.
  const size = Math.abs(value) < leastShown ? 0 : Math.abs(value)
  const sign = size === 0 ? '±' : value < 0 ? '−' : '+'
  return unit === 'ratio' ? `${sign}${significant(size * 100)} pp` : `${sign}${quantity(size, unit)}`
}

/** `+19.5 ms, +23 %`; a dash where none could be computed. */
export function differenceText({ difference, unit }: ComparisonRow): string {
  if (difference === null) return '–'
  const { value, relative } = difference
  if (!Number.isFinite(value)) return 'without end'
  const share = relative === null || !Number.isFinite(relative) ? '' : `, ${percent(relative)}`
  return `${signed(value, unit)}${share}`
}

/** `+9.8 ms to +29.6 ms`; an end that the data do not bound is left out. */
export function intervalText({ difference, unit }: ComparisonRow): string {
  if (difference === null) return '–'
  const { low, high } = difference.interval
  const [isBelow, isAbove] = [Number.isFinite(low), Number.isFinite(high)]
  if (isBelow && isAbove) return `${signed(low, unit)} to ${signed(high, unit)}`
  if (isBelow) return `${signed(low, unit)} or more`
  return isAbove ? `${signed(high, unit)} or less` : 'not bounded'
}

function percent(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${significant(Math.abs(ratio) * 100, 2)} %`
}

/** What a difference must at least be to count: `10 % and 5 ms of a time, …`. */
export function limitsText({ relative, timeMs, errorRatio, poolRatio, count }: EffectLimits): string {
  const ofAll = roundQuantity(relative, 'ratio')
  const points = (ratio: number) => `${roundQuantity(ratio, 'ratio').replace(' %', '')} percentage points`
  return `${ofAll} of the base and ${roundQuantity(timeMs, 'ms')} for times, ${ofAll} for rates, ${points(errorRatio)} for error ratios, ${points(poolRatio)} for the pool, ${ofAll} and ${roundQuantity(count, 'count')} for connections`
}
