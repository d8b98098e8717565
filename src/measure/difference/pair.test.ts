import { expect, it } from 'vitest'
import { differenceOf, welchDegrees } from './pair.ts'
import type { SideEstimate } from './side.ts'
import { twoSidedP, twoSidedQuantile } from './student.ts'

/** `c` standard errors reach so far below, and above. */
function side(value: number, below: number, above: number, df: number): SideEstimate {
  const reach = (c: number) => ({ low: value - c * below, high: value + c * above })
  return { value, reach, df, blocks: 10, blockS: 1, samples: 10 }
}

const near = (value: number) => expect.closeTo(value, 8)

it('two symmetrical sides: the errors add as squares', () => {
  const found = differenceOf(side(10, 3, 3, 8), side(22, 4, 4, 12))
  const df = 25 ** 2 / (81 / 8 + 256 / 12)
  const t = twoSidedQuantile(0.05, df)
  expect(found).toMatchObject({ value: 12, df: near(df), p: near(twoSidedP(12 / 5, df)) })
  expect(found.interval).toEqual({ low: near(12 - 5 * t), high: near(12 + 5 * t) })
  const c = twoSidedQuantile(0.01, df)
  expect(found.detectable(0.01)).toBeCloseTo(5 * c * (1 + 0.8416 / c), 8)
})

it('degrees of freedom go by one standard error, where two do not reach twice as far', () => {
  const curved: SideEstimate = {
    ...side(10, 0, 0, 8),
    reach: (c) => ({ low: 10 - 3 * c * c, high: 10 + 3 * c * c }),
  }
  expect(differenceOf(curved, side(22, 4, 4, 12)).df).toBeCloseTo(25 ** 2 / (81 / 8 + 256 / 12), 8)
})

it('two that reach further one way: what can make head small goes with what can make base large', () => {
  const found = differenceOf(side(10, 5, 3, 9), side(-10, 4, 12, 9))
  // Half of each whole reach is taken for a standard error: 4 and 8.
  const df = (16 + 64) ** 2 / (256 / 9 + 4_096 / 9)
  const t = twoSidedQuantile(0.05, df)
  expect(found.interval).toEqual({ low: near(-20 - 5 * t), high: near(-20 + 13 * t) })
  expect(found.df).toBeCloseTo(df, 8)
  expect(found.p).toBeCloseTo(twoSidedP(20 / 13, df), 8)
  expect(found.detectable(0.05)).toBeCloseTo(13 * t * (1 + 0.8416 / t), 8)
})

it('what can be found goes by the longer reach, here the one below', () => {
  const found = differenceOf(side(10, 3, 5, 9), side(30, 12, 4, 9))
  const t = twoSidedQuantile(0.05, found.df)
  expect(found.interval).toEqual({ low: near(20 - 13 * t), high: near(20 + 5 * t) })
  expect(found.detectable(0.05)).toBeCloseTo(13 * t * (1 + 0.8416 / t), 8)
})

it('the same on both sides has a p of 1, and what never varies one of 0', () => {
  expect(differenceOf(side(3, 1, 1, 9), side(3, 1, 1, 9))).toMatchObject({ value: 0, p: 1 })
  expect(differenceOf(side(3, 0, 0, 9), side(4, 0, 0, 7))).toMatchObject({ value: 1, p: 0, df: 7 })
})

it.each<[reason: string, args: [number, number, number, number], df: number]>([
  ['alike on both sides', [1, 5, 1, 5], 10],
  ['one side varies more', [4, 9, 1, 4], 25 / (16 / 9 + 1 / 4)],
  ['one side does not vary', [4, 9, 0, 4], 9],
  ['none does: the smaller', [0, 9, 0, 4], 4],
  ['one without bounds: the smaller', [Number.POSITIVE_INFINITY, 5, 1, 12], 5],
])('degrees of freedom by Welch: %s', (_reason, args, df) => {
  expect(welchDegrees(...args)).toBeCloseTo(df, 10)
})
