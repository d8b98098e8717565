import type { Unit } from '../../src/domain/verdict.ts'

/** Seconds are shown up to ten minutes, minutes up to two hours: below, "125 s" is easier to compare than "2.08 min". */
const minutesFromS = 600
const hoursFromS = 7_200
const mostDecimals = 6

/** Thousands apart by commas: `12345.5` → `12,345.5`. Not by locale: the same bytes on every machine. */
function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.')
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`
}

/** `value` to so many significant digits, never in exponents and never fewer than its whole part. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? 'without end' : 'not a number'
  if (value === 0) return '0'
  const magnitude = Math.floor(Math.log10(Math.abs(value)))
  const decimals = Math.min(mostDecimals, Math.max(0, digits - 1 - magnitude))
  return grouped(value.toFixed(decimals))
}

/** A whole number in full; anything else to three digits. */
export function count(value: number): string {
  return Number.isInteger(value) ? grouped(String(value)) : significant(value)
}

/** "1 call", "2 calls": the noun is given in the singular and takes an s. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** The number in the unit a reader sees, such as 18.5 with `s` for 18500 `ms`. */
function inReadersUnit(value: number, unit: Unit): { value: number; suffix: string } {
  if (unit === 'ratio') return { value: value * 100, suffix: ' %' }
  if (unit === 'calls/s') return { value, suffix: ' calls/s' }
  if (unit === 'ms' && Math.abs(value) < 1_000) return { value, suffix: ' ms' }
  if (unit === 'ms' || unit === 's') return inSeconds(unit === 'ms' ? value / 1_000 : value)
  return { value, suffix: '' }
}

function inSeconds(seconds: number): { value: number; suffix: string } {
  if (Math.abs(seconds) >= hoursFromS) return { value: seconds / 3_600, suffix: ' h' }
  if (Math.abs(seconds) >= minutesFromS) return { value: seconds / 60, suffix: ' min' }
  return { value: seconds, suffix: ' s' }
}

/** The one formatter of values in all reports: `226 ms`, `18.5 s`, `4.20 %`, `12,345`, `yes`. */
export function quantity(value: number | boolean, unit: Unit, digits = 3): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (unit === 'bool') return value === 0 ? 'no' : 'yes'
  if (unit === 'count') return Number.isInteger(value) ? count(value) : significant(value, digits)
  const shown = inReadersUnit(value, unit)
  return significant(shown.value, digits) + shown.suffix
}

/** A bound as a person wrote it: without the zeros that would claim precision. `5 s`, `85 %`. */
export function roundQuantity(value: number | boolean, unit: Unit): string {
  return quantity(value, unit, 6)
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '')
}

/** `low` to `high` in one unit: `226–309 ms`; an end that is not finite reads `226 ms or more`. */
export function range(low: number, high: number | null, unit: Unit, digits = 3): string {
  if (high === null || !Number.isFinite(high)) return `${quantity(low, unit, digits)} or more`
  const from = inReadersUnit(low, unit)
  const to = inReadersUnit(high, unit)
  if (unit === 'count' || from.suffix !== to.suffix) {
    return `${quantity(low, unit, digits)}–${quantity(high, unit, digits)}`
  }
  return `${significant(from.value, digits)}–${significant(to.value, digits)}${to.suffix}`
}

/** `part` of `whole` as a share; "none of 0" is no number. */
export function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : quantity(part / whole, 'ratio')
}
