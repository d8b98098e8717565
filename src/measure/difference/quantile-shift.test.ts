import { describe, expect, it } from 'vitest'
import { randomOf } from '../testing/calm-run.ts'
import { type QuantileDifference, quantileShift, type ValueCells, valueSide } from './quantile-shift.ts'

/** Values spread evenly from 50 to 150 ms times `slower`, 40 a second. */
function cells(seed: number, seconds = 60, slower = 1): ValueCells {
  const random = randomOf(seed)
  return Array.from({ length: seconds }, () => Float64Array.from({ length: 40 }, () => slower * (50 + 100 * random())))
}

function shift(base: readonly ValueCells[], head: readonly ValueCells[], p = 0.5): QuantileDifference {
  const found = quantileShift(valueSide(base), valueSide(head), p)
  if ('why' in found) throw new Error(found.why)
  return found
}

describe('the difference of a quantile', () => {
  it('is head minus base, in the unit of the values', () => {
    const { base, head, value, interval, p } = shift([cells(1)], [cells(2, 60, 1.2)])
    expect([base, head]).toEqual([expect.closeTo(100, -1), expect.closeTo(120, -1)])
    expect(value).toBe(head - base)
    expect(interval.low).toBeGreaterThan(10)
    expect(interval.high).toBeLessThan(30)
    expect(p).toBeLessThan(1e-6)
  })

  it('the other way round has the other sign, and is as clear', () => {
    const [one, two] = [cells(3), cells(4, 60, 1.1)]
    const there = shift([one], [two])
    const back = shift([two], [one])
    expect(back.value).toBe(-there.value)
    expect(back.interval.high).toBeLessThan(0)
    expect(back.p).toBeCloseTo(there.p, 12)
  })

  it('leaves out 0 with its 95 % interval exactly when p is below 0.05', () => {
    let [clear, unclear] = [0, 0]
    for (let seed = 10; seed < 50; seed++) {
      const { p, interval } = shift([cells(seed)], [cells(seed + 100, 60, 1.03)])
      const leavesOut = interval.low > 0 || interval.high < 0
      expect(leavesOut).toBe(p < 0.05)
      if (leavesOut) clear += 1
      else unclear += 1
    }
    expect(Math.min(clear, unclear)).toBeGreaterThan(3)
  })

  it('holds the true difference in 19 of 20', () => {
    let held = 0
    for (let seed = 200; seed < 300; seed++) {
      const { interval } = shift([cells(seed)], [cells(seed + 1_000, 60, 1.1)])
      if (interval.low <= 10 && 10 <= interval.high) held += 1
    }
    expect(held).toBeGreaterThanOrEqual(91)
  })

  it('is not taken for sure because of one burst', () => {
    const burst = cells(5).map((cell, second) => (second >= 30 && second < 34 ? cell.map((ms) => ms * 10) : cell))
    expect(shift([cells(6)], [burst], 0.95).p).toBeGreaterThan(0.05)
  })

  it('of values that are all alike on each side is told, too', () => {
    const flat = (ms: number) => Array.from({ length: 60 }, () => new Float64Array(40).fill(ms))
    expect(shift([flat(20)], [flat(24)], 0.95)).toMatchObject({ value: 4 })
    expect(shift([flat(20)], [flat(24)], 0.95).p).toBeLessThan(0.001)
    expect(shift([flat(20)], [flat(20)], 0.95)).toMatchObject({ value: 0, p: 1 })
  })

  it('is told down to a thousandth, and no further', () => {
    const flat = (ms: number) => Array.from({ length: 60 }, () => new Float64Array(40).fill(ms))
    const { value, interval } = shift([flat(10_000)], [flat(1)], 0.95)
    expect([value, interval]).toEqual([-9_999, { low: -9_999, high: expect.closeTo(-9_990, 2) }])
  })

  it('may be all of it where a single burst makes the quantile', () => {
    const burst = (seed: number) =>
      cells(seed).map((cell, second) => (second === 30 ? cell.map((ms) => ms * 1_000) : cell))
    const { base, interval } = shift([burst(7)], [burst(8)], 0.99)
    expect(interval).toEqual({ low: -base, high: Number.POSITIVE_INFINITY })
  })

  it('has no end where so many calls of head had none', () => {
    const failing = cells(8).map((cell) => cell.map((ms, at) => (at % 10 === 0 ? Number.POSITIVE_INFINITY : ms)))
    const found = shift([cells(9)], [failing], 0.95)
    expect([found.value, found.interval.high]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(found.interval.low).toBeGreaterThan(0)
    expect(found.p).toBeLessThan(0.001)
    expect(quantileShift(valueSide([failing]), valueSide([cells(9)]), 0.95)).toHaveProperty('why')
  })

  it.each<[reason: string, base: ValueCells, p: number, why: RegExp]>([
    ['no value', cells(1, 60).map(() => new Float64Array(0)), 0.5, /nothing was measured/],
    ['too few values for the quantile', cells(1, 7), 0.99, /280 values: p99 needs 299/],
    ['too short a time', cells(1, 9), 0.5, /fewer than 10 seconds/],
    ['a base of 0', cells(1, 20).map((cell) => cell.map(() => 0)), 0.5, /the base has 0/],
  ])('cannot be told of %s', (_reason, base, p, why) => {
    expect(quantileShift(valueSide([base]), valueSide([cells(2)]), p)).toEqual({ why: expect.stringMatching(why) })
  })
})

it('finds the difference that it says it would find', () => {
  const { detectable } = shift([cells(1)], [cells(2)])
  const slower = 1 + detectable(0.05) / 100
  let found = 0
  for (let seed = 400; seed < 440; seed++)
    if (shift([cells(seed)], [cells(seed + 500, 60, slower)]).p < 0.05) found += 1
  // 32 of 40 if it is right.
  expect(found).toBeGreaterThanOrEqual(26)
  expect(shift([cells(1)], [cells(2)]).detectable(0.005)).toBeGreaterThan(detectable(0.05))
})
