import { describe, expect, test } from 'vitest'
import { coverageOf, shares } from './coverage.ts'
import { coverageCases, fewWindows, leastCovered } from './coverage-cases.ts'

describe.each(coverageCases)('intervals of 95 %: $lengthS s of $model.name', ({ model, covered, ...window }) => {
  test('hold the true quantile as often as is promised', () => {
    const shown = coverageOf(model, window, fewWindows, 11)
    shares.forEach((p, at) => {
      // What chance takes from a few windows: two standard errors.
      const least = leastCovered(covered, fewWindows)
      expect(shown[at], `p${p * 100}`).toBeGreaterThanOrEqual(least)
    })
  })
})
