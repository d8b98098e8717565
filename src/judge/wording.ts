import type { Bound, Measured, Unit } from '../domain/verdict.ts'

const significantDigits = 3

/** `5 s`, `241 ms`, `4.2 %`, `44`, `yes`: what a person reads; the exact numbers stand beside it. */
export function spoken(value: number | boolean, unit: Unit): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (unit === 'ms') return Math.abs(value) >= 1000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`
  if (unit === 'ratio') return `${digits(value * 100)} %`
  if (unit === 'count') return digits(value)
  return `${digits(value)} ${unit}`
}

/** Three significant digits, never fewer than the whole part: 18.5, 241, 0.0042, 12345. */
export function digits(value: number): string {
  if (value === 0) return '0'
  const magnitude = Math.floor(Math.log10(Math.abs(value)))
  return String(Number(value.toFixed(Math.min(6, Math.max(0, significantDigits - 1 - magnitude)))))
}

/** `at most 5 s`, `at least 1000`, `no`. */
export function spokenBound(bound: Bound): string {
  if (bound.max !== undefined) return `at most ${spoken(bound.max, bound.unit)}`
  if (bound.min !== undefined) return `at least ${spoken(bound.min, bound.unit)}`
  return bound.is === true ? 'yes' : 'no'
}

/** The value with its interval where that is wider than a point: `250 ms (226 ms to 309 ms)`. */
export function spokenMeasured(measured: Measured): string {
  if (measured.kind === 'none') return 'nothing'
  if (measured.kind === 'atLeast') return `at least ${spoken(measured.value, measured.unit)}`
  const value = spoken(measured.value, measured.unit)
  const { interval } = measured
  if (interval === null || interval.low === interval.high) return value
  if (interval.high === Number.POSITIVE_INFINITY) return `${value} (${spoken(interval.low, measured.unit)} or more)`
  return `${value} (${spoken(interval.low, measured.unit)} to ${spoken(interval.high, measured.unit)})`
}

/** "a, b and c". */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}
