import { expect, it } from 'vitest'
import { randomOf } from '../testing/calm-run.ts'
import { type QuantileDifference, quantileShift, type ValueCells, valueSide } from './quantile-shift.ts'
import { twoSidedP, twoSidedQuantile } from './student.ts'

function shift(base: ValueCells, head: ValueCells, p = 0.5): QuantileDifference {
  const found = quantileShift(valueSide([base]), valueSide([head]), p)
  if ('why' in found) throw new Error(found.why)
  return found
}

const cells = (count: number, cellOf: (at: number) => readonly number[]): ValueCells =>
  Array.from({ length: count }, (_, at) => Float64Array.from(cellOf(at)))

it('p by hand: shares of 0.25 and 0.375 above the common median, each of 40 calls', () => {
  const found = shift(
    cells(20, () => [1, 2]),
    cells(20, (at) => (at % 2 === 0 ? [1, 2] : [2, 2])),
  )
  // Blocks vary less than independent calls would, by 0.5 · 0.5 / 40 of a share.
  const c = 0.125 / Math.sqrt(2 * (0.25 / 40))
  expect(found).toMatchObject({ base: 1, head: 2, value: 1, df: expect.closeTo(38, 8) })
  expect(found.p).toBeCloseTo(twoSidedP(c, 38), 10)
})

const random = randomOf(11)
const noise = (scale: number) => cells(20, () => Array.from({ length: 10 }, () => scale * (50 + 100 * random())))
const [base, slower] = [noise(1), noise(1.1)]

it('at either end of the interval the base, so many times as long, would just differ', () => {
  const found = shift(base, slower)
  for (const end of [found.interval.low, found.interval.high]) {
    const times = 1 + end / found.base
    const p = (ratio: number) =>
      shift(
        base.map((cell) => cell.map((ms) => ms * ratio)),
        slower,
      ).p
    const outwards = end === found.interval.low ? -1 : 1
    expect(p(times * (1 - outwards * 1e-4))).toBeGreaterThanOrEqual(0.05)
    expect(p(times * (1 + outwards * 1e-4))).toBeLessThan(0.05)
  }
})

it('what can be found is the longer side of the interval, and the power for it', () => {
  for (const found of [shift(base, slower), shift(slower, base)]) {
    const { value, interval, df } = found
    const reach = Math.max(value - interval.low, interval.high - value)
    expect(found.detectable(0.05)).toBeCloseTo(reach * (1 + 0.8416 / twoSidedQuantile(0.05, df)), 8)
  }
})

it('just as many values as the quantile needs are enough', () => {
  const enough = cells(13, (at) => Array.from({ length: 23 }, (_, call) => 50 + at + call))
  expect(shift(enough, enough, 0.99)).toMatchObject({ value: 0, p: 1 })
})
