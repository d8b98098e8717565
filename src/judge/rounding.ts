import type { Interval, Measured, Unit } from '../domain/verdict.ts'

/** Decimals kept in reports: µs of times, a millionth of ratios. Judged before, on the unrounded numbers. */
const decimals: Readonly<Record<Unit, number>> = { ms: 3, s: 6, ratio: 6, count: 3, 'calls/s': 3, bool: 0 }

export function rounded(value: number, unit: Unit): number {
  return Number.isFinite(value) ? Number(value.toFixed(decimals[unit])) : value
}

/** A measurement as reports write it. */
export function roundedMeasured(measured: Measured): Measured {
  if (measured.kind === 'none') return measured
  if (measured.kind === 'atLeast') return { ...measured, value: rounded(measured.value, measured.unit) }
  const value = typeof measured.value === 'number' ? rounded(measured.value, measured.unit) : measured.value
  return { ...measured, value, interval: roundedInterval(measured.interval, measured.unit) }
}

function roundedInterval(interval: Interval | null, unit: Unit): Interval | null {
  return interval === null ? null : { low: rounded(interval.low, unit), high: rounded(interval.high, unit) }
}
