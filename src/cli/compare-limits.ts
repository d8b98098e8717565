import type { EffectLimits } from '../domain/comparison.ts'
import { didYouMean, listNames } from '../plan/problems.ts'
import { parseDurationMs } from '../plan/quantity.ts'

type Kind = 'relative' | 'time' | 'errors' | 'pool' | 'count'

const fields: Readonly<Record<Kind, { readonly field: keyof EffectLimits; readonly expected: string }>> = {
  relative: { field: 'relative', expected: 'a percentage, such as 5%' },
  time: { field: 'timeMs', expected: 'a duration with its unit, such as 5ms' },
  errors: { field: 'errorRatio', expected: 'percentage points, such as 0.5%' },
  pool: { field: 'poolRatio', expected: 'percentage points, such as 5%' },
  count: { field: 'count', expected: 'a number, such as 1' },
}

interface ReadLimits {
  readonly limits: Partial<EffectLimits>
  readonly problems: readonly string[]
}

/** The texts of `--min-effect`; all that is wrong with them is told. */
export function readLimits(texts: readonly string[]): ReadLimits {
  const limits: Partial<Record<keyof EffectLimits, number>> = {}
  const problems: string[] = []
  for (const text of texts) {
    const [kind = '', size = ''] = text.split('=')
    const known = Object.hasOwn(fields, kind) ? fields[kind as Kind] : null
    if (known === null) {
      const kinds = Object.keys(fields)
      problems.push(
        `received --min-effect ${text}, expected kind=size with one of ${listNames(kinds)}${didYouMean(kind, kinds)}`,
      )
      continue
    }
    const value = sizeOf(kind as Kind, size.trim())
    if (value === null) problems.push(`received --min-effect ${text}, expected ${known.expected}`)
    else limits[known.field] = value
  }
  return { limits, problems }
}

function sizeOf(kind: Kind, text: string): number | null {
  if (kind === 'time') return parseDurationMs(text)
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text)
  const wantsPercent = kind !== 'count'
  if (match === null || (match[2] === '%') !== wantsPercent) return null
  return Number(match[1]) / (wantsPercent ? 100 : 1)
}
