/** Texts with units as plans write them, and back. Inside, durations are ms, rates are per second, sizes are bytes. */

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 }
const rateUnits: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600 }
const sizeUnits: Readonly<Record<string, number>> = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 }

export const durationExample = 'a duration with its unit (ms, s, min, h), such as 250 ms or 5 s'
export const rateExample = 'a rate with its unit (/s, /min, /h), such as 200/s'
export const sizeExample = 'a size with its unit (B, KiB, MiB, GiB), such as 64 KiB'

// Twelve digits hold any quantity of a plan, and keep the number exact.
const amountThenUnit = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]+)$/
const amountPerUnit = /^(\d{1,12}(?:\.\d{1,6})?) ?\/ ?([a-z]+)$/

function scaled(match: RegExpExecArray | null, units: Readonly<Record<string, number>>): [number, number] | null {
  const amount = match?.[1]
  const unit = match?.[2]
  if (amount === undefined || unit === undefined || !Object.hasOwn(units, unit)) return null
  return [Number(amount), units[unit] ?? 0]
}

/** `5 s` → 5000 ms, to the microsecond; null for what is no duration. */
export function parseDurationMs(text: string): number | null {
  const found = scaled(amountThenUnit.exec(text.trim()), durationUnits)
  return found === null ? null : Math.round(found[0] * found[1] * 1_000) / 1_000
}

/** `200/s` → 200 a second; null for what is no rate. */
export function parseRatePerS(text: string): number | null {
  const found = scaled(amountPerUnit.exec(text.trim()), rateUnits)
  return found === null ? null : found[0] / found[1]
}

/** `64 KiB` → 65536 bytes, whole; null for what is no size. */
export function parseSizeBytes(text: string): number | null {
  const found = scaled(amountThenUnit.exec(text.trim()), sizeUnits)
  return found === null ? null : Math.round(found[0] * found[1])
}

/** 180000 → `3 min`, 72800 → `72.8 s`: the largest unit in which the number reads easily, and parses back to itself. */
export function formatDurationMs(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`
  if (ms >= 1_000) return `${decimal(ms / 1_000)} s`
  return `${decimal(ms)} ms`
}

export function formatRatePerS(perS: number): string {
  return `${decimal(perS)}/s`
}

export function formatSizeBytes(bytes: number): string {
  const unit = ['GiB', 'MiB', 'KiB'].find((name) => bytes > 0 && bytes % (sizeUnits[name] ?? 1) === 0)
  return unit === undefined ? `${bytes} B` : `${bytes / (sizeUnits[unit] ?? 1)} ${unit}`
}

/** At most six decimals, none that are zero. */
function decimal(value: number): string {
  return String(Number(value.toFixed(6)))
}
