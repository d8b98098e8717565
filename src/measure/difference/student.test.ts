import { expect, it } from 'vitest'
import { twoSidedP, twoSidedQuantile } from './student.ts'

// Tables of Student's t (Abramowitz & Stegun, table 26.10).
it.each([
  [12.706, 1, 0.05],
  [4.303, 2, 0.05],
  [2.262, 9, 0.05],
  [3.25, 9, 0.01],
  [2.0, 60, 0.05],
  [1.96, 1e6, 0.05],
])('P(|T| > %d) with %d degrees of freedom is %d', (c, df, p) => {
  expect(twoSidedP(c, df)).toBeCloseTo(p, 3)
  expect(twoSidedQuantile(p, df)).toBeCloseTo(c, 2)
})

it('is certain at 0, and nothing at infinity', () => {
  expect([twoSidedP(0, 5), twoSidedP(Number.POSITIVE_INFINITY, 5)]).toEqual([1, 0])
})
