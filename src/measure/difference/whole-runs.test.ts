import { expect, it } from 'vitest'
import { randomOf } from '../testing/calm-run.ts'
import { type RunValues, seededRandom, wholeRunDifferences } from './whole-runs.ts'

const random = seededRandom(1)
const one = (base: number[], head: number[], minimumEffect = 4): RunValues => ({ base, head, minimumEffect })
const apart = one([100, 101, 102, 103], [120, 121, 122, 123])
const alike = one([100, 101, 102, 103], [101, 100, 103, 102])

it('four runs a side that are wholly apart are as clear as 1 of 70 ways can be, and only in one direction', () => {
  const [found] = wholeRunDifferences([apart], random)
  expect(found).toMatchObject({ value: 20, higherP: expect.closeTo(1 / 70, 10), lowerP: 1 })
  expect(found?.interval.low).toBeGreaterThan(17)
  const [back] = wholeRunDifferences([one([...apart.head], [...apart.base])], random)
  expect(back).toMatchObject({ value: -20, lowerP: expect.closeTo(1 / 70, 10), higherP: 1 })
})

it('small numbers are as clear as large ones', () => {
  const shares = [apart.base, apart.head].map((values) => values.map((value) => value / 1_000)) as [number[], number[]]
  const [found] = wholeRunDifferences([one(...shares, 0.004)], random)
  expect(found).toMatchObject({ higherP: expect.closeTo(1 / 70, 10), lowerP: 1 })
})

it('a clear one stays clear beside others, and lends them nothing', () => {
  const [clear, no] = wholeRunDifferences([apart, alike], random)
  expect(clear?.higherP).toBeCloseTo(1 / 70, 10)
  expect(no?.higherP).toBeGreaterThan(0.3)
})

it('what hardly ever varies is not clear for that', () => {
  const [still] = wholeRunDifferences([one([5, 5, 5, 5], [5, 5, 5, 5])], random)
  expect(still).toMatchObject({ value: 0, higherP: 1, lowerP: 1 })
})

it('of many runs it draws some ways, the same for the same seed', () => {
  const noise = randomOf(4)
  const many = one(
    Array.from({ length: 12 }, () => 100 + noise()),
    Array.from({ length: 12 }, () => 101.5 + noise()),
    0.5,
  )
  const [first] = wholeRunDifferences([many], seededRandom(9))
  const [again] = wholeRunDifferences([many], seededRandom(9))
  expect(first).toEqual(again)
  expect(first?.higherP).toBeLessThan(0.01)
})

it('calls a difference where there is none in at most 5 % of comparisons, over all measures', () => {
  const noise = randomOf(5)
  const gauss = () => Math.sqrt(-2 * Math.log(1 - noise())) * Math.cos(2 * Math.PI * noise())
  let called = 0
  for (let turn = 0; turn < 200; turn++) {
    const values = () => Array.from({ length: 4 }, () => 100 + 5 * gauss())
    const found = wholeRunDifferences(
      Array.from({ length: 8 }, () => one(values(), values(), 1)),
      random,
    )
    if (found.some(({ higherP }) => higherP <= 0.05)) called += 1
  }
  // 10 expected of 200; 17 would come by chance in one of fifty.
  expect(called).toBeLessThanOrEqual(17)
  expect(called).toBeGreaterThan(0)
})
