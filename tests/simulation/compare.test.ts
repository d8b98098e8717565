import { expect, test } from 'vitest'
import { comparePairs } from './compare-pairs.ts'

// A few of those that tests/soak/compare.ts does by the hundred, on seeds of their own.

test('pairs of runs without any difference are not called a regression', () => {
  expect(comparePairs({ from: 500_000, pairs: 10 })).toMatchObject({ pairs: 10, regressions: 0 })
})

test('a planted slow-down of 20 % is called', () => {
  expect(comparePairs({ from: 600_000, pairs: 10, head: { slower: 1.2 } }).regressions).toBeGreaterThanOrEqual(9)
})

test('and the same the other way round is an improvement, never a regression', () => {
  const { regressions, improvements } = comparePairs({ from: 700_000, pairs: 5, base: { slower: 1.3 } })
  expect([regressions, improvements]).toEqual([0, 5])
})
