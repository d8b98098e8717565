import { expect, it } from 'vitest'
import { twoSidedP, twoSidedQuantile } from './student.ts'

// By the incomplete beta function of mpmath 1.3 at 30 digits: small and large c, one degree of freedom and less, many.
it.each([
  [0.1, 1, 0.9365489651388929],
  [1, 1, 0.5],
  [12.5, 1, 0.050821347332231794],
  [0.5, 2, 2 / 3],
  [3, 2, 0.09546596626670913],
  [1, 0.5, 0.6022432216826442],
  [2, 3.7, 0.121817201905234],
  [0.3, 9, 0.7709907037415249],
  [2.5, 9, 0.03386182768298574],
  [6, 30, 1.3942768767204743e-6],
  [1.5, 250, 0.13487619070734283],
  [2, 10_000, 0.04552726066143544],
])('P(|T| > %d) with %d degrees of freedom is %d to ten digits', (c, df, p) => {
  expect(twoSidedP(c, df) / p).toBeCloseTo(1, 10)
})

it.each([
  [0.05, 6, 2.44691185114497],
  [0.05, 9, 2.2621571627982053],
  [0.005, 3, 7.453318505150626],
  [0.5, 20, 0.6869544964488035],
  [0.9, 4.5, 0.1329100721020201],
  [0.001, 1, 636.6192487687196],
])('the c beyond which a share of %d lies, with %d degrees of freedom, is %d', (alpha, df, c) => {
  expect(twoSidedQuantile(alpha, df) / c).toBeCloseTo(1, 10)
})

it('asks no further than the first power of two beyond 1e9', () => {
  expect(twoSidedQuantile(1e-12, 1)).toBe(2 ** 30)
})
