import type { Measured } from '../domain/verdict.ts'
import { atLeast, between } from './measured.ts'

type Known = Exclude<Measured, { readonly kind: 'none' }>

/** What is missing of one is missing of all: no evidence is never a pass. */
function allKnown(all: readonly Measured[]): Measured | readonly Known[] {
  return all.find((one) => one.kind === 'none') ?? all.filter((one) => one.kind !== 'none')
}

function lowOf({ value, interval }: Known): number {
  return interval?.low ?? Number(value)
}

/** Of a quantity that has a maximum, measured of each of several: the highest. One alone is as it was measured. */
export function worstOf(all: readonly Measured[]): Measured {
  return combined(all, 'the worst', (numbers) => Math.max(...numbers))
}

/** Of a count, measured of each of several: all together. One alone is as it was measured. */
export function totalOf(all: readonly Measured[]): Measured {
  return combined(all, 'the sum', (numbers) => numbers.reduce((sum, number) => sum + number, 0))
}

function combined(all: readonly Measured[], how: string, fold: (numbers: readonly number[]) => number): Measured {
  const [first, ...others] = all
  if (first === undefined) throw new RangeError('nothing was measured')
  const known = allKnown(all)
  if (others.length === 0 || !Array.isArray(known)) return others.length === 0 ? first : (known as Measured)
  const parts: readonly Known[] = known
  const samples = parts.reduce((sum, part) => sum + part.sampleCount, 0)
  const method = `${how} of ${parts.length} instances; ${[...new Set(parts.map((part) => part.method))].join('; ')}`
  if (parts.some((part) => part.kind === 'atLeast')) return atLeast(fold(parts.map(lowOf)), first.unit, samples, method)
  const interval = {
    low: fold(parts.map(lowOf)),
    high: fold(parts.map((part) => part.interval?.high ?? Number(part.value))),
  }
  return between(fold(parts.map(({ value }) => Number(value))), interval, first.unit, samples, method)
}
