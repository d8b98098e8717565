import { expect, it } from 'vitest'
import type { ComparisonRow } from '../../src/domain/comparison.ts'
import type { Unit } from '../../src/domain/verdict.ts'
import { differenceText, intervalText, limitsText, sideText } from './comparison-lines.ts'

const infinite = Number.POSITIVE_INFINITY

function rowOf(unit: Unit, value: number, low: number, high: number, relative: number | null): ComparisonRow {
  const difference = { value, interval: { low, high }, relative, p: 0.5, detectable: 1 }
  return { unit, difference } as ComparisonRow
}

it.each<[row: ComparisonRow, difference: string, interval: string]>([
  [rowOf('ms', 19.5, 9.8, 29.6, 0.23), '+19.5 ms, +23 %', '+9.80 ms to +29.6 ms'],
  [rowOf('ms', -1_200, -2_000, 0, -0.5), '−1.20 s, −50 %', '−2.00 s to ±0 ms'],
  [rowOf('ratio', 0.005, -0.001, 0.011, null), '+0.500 pp', '−0.100 pp to +1.10 pp'],
  [rowOf('ratio', -1e-17, -1e-16, 0.0005, null), '±0 pp', '±0 pp to +0.0500 pp'],
  [rowOf('calls/s', 0, 0, 1e-14, 0), '±0 calls/s, +0 %', '±0 calls/s to ±0 calls/s'],
  [rowOf('ms', infinite, 40, infinite, infinite), 'without end', '+40.0 ms or more'],
  [rowOf('ms', 5, -infinite, 8, 0.1), '+5.00 ms, +10 %', '+8.00 ms or less'],
  [rowOf('ms', 5, -infinite, infinite, 0.1), '+5.00 ms, +10 %', 'not bounded'],
])('%#: %s', (row, difference, interval) => {
  expect([differenceText(row), intervalText(row)]).toEqual([difference, interval])
})

it('a side without a value', () => {
  expect([sideText(null, 'ms'), sideText({ value: infinite, samples: 1 }, 'ms')]).toEqual(['–', 'without end'])
})

it('what counts', () => {
  expect(limitsText({ relative: 0.1, timeMs: 5, errorRatio: 0.005, poolRatio: 0.05, count: 1 })).toBe(
    '10 % of the base and 5 ms for times, 10 % for rates, 0.5 percentage points for error ratios, 5 percentage points for the pool, 10 % and 1 for connections',
  )
})
