import type { ParameterDescription } from '../../domain/catalogue.ts'
import { formatDurationMs, formatRatePerS, formatSizeBytes } from '../../plan/quantity.ts'

type Value = number | string | boolean

/** A fault's parameter as a plan would write it. */
function showValue(value: Value, kind: ParameterDescription['kind']): string {
  if (typeof value !== 'number') return String(value)
  if (kind === 'duration') return formatDurationMs(value)
  if (kind === 'rate') return formatRatePerS(value)
  return kind === 'size' ? formatSizeBytes(value) : String(value)
}

/** `delay 34 ms, jitter 5 ms`. Empty for none. */
export function showParameters(
  values: Readonly<Record<string, Value>>,
  descriptions: Readonly<Record<string, ParameterDescription>>,
): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${showValue(value, descriptions[name]?.kind ?? 'count')}`)
    .join(', ')
}

/** `delay (5 ms to 1 min, required), jitter (0 ms to 30 s, default 0 ms)`; `none` for none. */
export function showDescriptions(descriptions: Readonly<Record<string, ParameterDescription>>): string {
  const shown = Object.entries(descriptions).map(([name, { kind, min, max, choices, default: preset }]) => {
    const low = min === undefined ? null : showValue(min, kind)
    const high = max === undefined ? null : showValue(max, kind)
    const range = low !== null && high !== null ? [`${low} to ${high}`] : []
    const least = low !== null && high === null ? [`at least ${low}`] : []
    const most = low === null && high !== null ? [`at most ${high}`] : []
    const choice = choices === undefined ? [] : [choices.join(' or ')]
    const absent = preset === undefined ? 'required' : `default ${showValue(preset, kind)}`
    return `${name} (${[...choice, ...range, ...least, ...most, absent].join(', ')})`
  })
  return shown.join(', ') || 'none'
}
