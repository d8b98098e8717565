import { expect, it } from 'vitest'
import { seededRandom, wholeRunDifferences } from './whole-runs.ts'

const never = (): number => {
  throw new Error('drew a number')
}
const near = (value: number) => expect.closeTo(value, 8)

// Expected: the same definitions in Python over itertools.combinations, with t by mpmath.
it('one measure of four runs a side, by all 70 ways', () => {
  expect(
    wholeRunDifferences([{ base: [100, 101, 102, 103], head: [120, 121, 122, 123], minimumEffect: 4 }], never),
  ).toEqual([
    {
      value: 20,
      df: near(6),
      interval: { low: near(17.766285304835293), high: near(22.233714695164707) },
      detectable: near(3.438549740028831),
      higherP: near(1 / 70),
      lowerP: 1,
    },
  ])
})

it('three measures together, four runs and five, by all 126 ways', () => {
  const found = wholeRunDifferences(
    [
      { base: [3, 9, 4, 7], head: [8, 12, 6, 11, 10], minimumEffect: 2 },
      { base: [50, 54, 49, 58], head: [52, 50, 57, 51, 55], minimumEffect: 4 },
      { base: [7, 5, 6, 9], head: [4, 6, 3, 5, 2], minimumEffect: 1 },
    ],
    never,
  )
  const rows = found.map(({ value, interval, df, detectable, higherP, lowerP }) => [
    ...[value, interval.low, interval.high, df, detectable, higherP * 126, lowerP * 126],
  ])
  expect(rows).toEqual([
    [3.65, -0.6128902499804623, 7.912890249980463, 6.085599618517355, 5.915906312946256, 14, 122].map(near),
    [0.25, -5.917669206743041, 6.417669206743041, 5.259223443020485, 8.840605612029538, 89, 98].map(near),
    [-2.75, -5.431599089654559, -0.06840091034544127, 6.302353651176825, 3.619307300391503, 125, 8].map(near),
  ])
})

it('without a least effect, what never varies is not clear', () => {
  const still = { base: [5, 5, 5, 5], head: [5, 5, 5, 5], minimumEffect: 0 }
  expect(wholeRunDifferences([still], never)).toMatchObject([{ value: 0, higherP: 1, lowerP: 1 }])
})

it('up to 4,000 ways are all taken; of more, 3,999 are drawn beside the real one', () => {
  const values = (count: number, from: number) => Array.from({ length: count }, (_, at) => from + at)
  // 7 of 14: 3,432 ways, of which one is as clear.
  const [all] = wholeRunDifferences([{ base: values(7, 0), head: values(7, 100), minimumEffect: 1 }], never)
  expect(all?.higherP).toBeCloseTo(1 / 3_432, 10)
  let drawn = 0
  const random = seededRandom(3)
  const counting = () => {
    drawn += 1
    return random()
  }
  const [some] = wholeRunDifferences([{ base: values(8, 0), head: values(7, 100), minimumEffect: 1 }], counting)
  // To shuffle 15 takes 14 numbers.
  expect(drawn).toBe(3_999 * 14)
  // One of 6,435: among so many drawn there is hardly one.
  expect(some?.higherP).toBeLessThanOrEqual(4 / 4_000)
  expect(some?.lowerP).toBe(1)
})

it('a draw that leaves every run where it was is the real division', () => {
  const values = (from: number) => Array.from({ length: 8 }, (_, at) => from + at)
  const one = { base: values(0), head: values(100).slice(1), minimumEffect: 1 }
  expect(wholeRunDifferences([one], () => 1 - 2 ** -32)).toMatchObject([{ higherP: 1, lowerP: 1 }])
  const still = { ...one, head: one.base.slice(1), minimumEffect: 0 }
  expect(wholeRunDifferences([still], () => 1 - 2 ** -32)).toMatchObject([{ higherP: 1, lowerP: 1 }])
})

it('small values are as clear as large ones', () => {
  const [found] = wholeRunDifferences(
    [{ base: [0.1, 0.11, 0.12, 0.13], head: [0.2, 0.21, 0.22, 0.23], minimumEffect: 0 }],
    never,
  )
  expect(found).toMatchObject({ higherP: near(1 / 70), lowerP: 1 })
})

it('no measure, no difference', () => {
  expect(wholeRunDifferences([], never)).toEqual([])
})

// mulberry32 as its author has it, in Python with integers.
it.each([
  [0, [1_144_304_738, 1_416_247, 958_946_056]],
  [1, [2_693_262_067, 11_749_833, 2_265_367_787]],
  [4_294_967_295, [3_850_105_811, 813_802_916, 3_073_704_848]],
])('numbers of the seed %d', (seed, expected) => {
  const random = seededRandom(seed)
  expect(expected.map(() => random() * 2 ** 32)).toEqual(expected)
})
