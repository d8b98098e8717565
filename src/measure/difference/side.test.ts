import { expect, it } from 'vitest'
import { randomOf } from '../testing/calm-run.ts'
import { differenceOf } from './pair.ts'
import { meanOfSide, type NoEstimate, type RatioCells, type SideEstimate, shareOfSide } from './side.ts'

function known(found: SideEstimate | NoEstimate): SideEstimate {
  if ('why' in found) throw new Error(found.why)
  return found
}

/** 50 calls a second for so many seconds, each of which fails with that probability. */
function failures(seed: number, ratio: number, seconds = 60): RatioCells {
  const random = randomOf(seed)
  const wholes = new Float64Array(seconds).fill(50)
  return { parts: wholes.map((calls) => Array.from({ length: calls }).filter(() => random() < ratio).length), wholes }
}

const shares = (base: RatioCells, head: RatioCells) =>
  differenceOf(known(shareOfSide([base], [head])), known(shareOfSide([head], [base])))

it('a share of calls: the difference of failures, with its sign and its interval', () => {
  const worse = shares(failures(1, 0.01), failures(2, 0.05))
  expect(worse.value).toBeGreaterThan(0.03)
  expect(worse.interval.low).toBeGreaterThan(0.02)
  expect(worse.interval.low).toBeLessThan(0.04)
  expect(worse.interval.high).toBeGreaterThan(0.04)
  expect(worse.p).toBeLessThan(1e-4)
  const better = shares(failures(2, 0.05), failures(1, 0.01))
  expect([better.value, better.interval.high]).toEqual([-worse.value, expect.closeTo(-worse.interval.low, 12)])
})

it('no failure at all bounds the share as three of the calls would', () => {
  const none = known(shareOfSide([failures(1, 0)], [failures(2, 0)]))
  expect([none.value, none.reach(1.96).low]).toEqual([0, 0])
  // The rule of three, 3 / 3000, is one-sided; Wilson's is 3.84 / (n + 3.84).
  expect(none.reach(1.96).high).toBeCloseTo(3.84 / 3_003.84, 4)
})

it('failures that come all at once are worth one', () => {
  const base = failures(1, 0)
  const burst = { ...base, parts: base.wholes.map((_, second) => (second === 20 ? 50 : 0)) }
  const spread = { ...base, parts: base.wholes.map((_, second) => (second % 6 === 0 ? 0 : 1)) }
  expect(shares(base, burst).p).toBeGreaterThan(0.05)
  expect(shares(base, spread).p).toBeLessThan(0.001)
})

it('a mean: a rate in calls a second, from its parts and its length', () => {
  const random = randomOf(3)
  const rate = (perS: number): RatioCells => ({
    parts: Float64Array.from({ length: 40 }, () => perS / 2 + random()),
    wholes: new Float64Array(40).fill(0.5),
  })
  const { value, interval, p } = differenceOf(known(meanOfSide([rate(100)])), known(meanOfSide([rate(90)])))
  expect(value).toBeCloseTo(-10, 0)
  expect(interval.high).toBeLessThan(-9)
  expect(p).toBeLessThan(1e-6)
})

it('a mean that never varies differs surely, or not at all', () => {
  const always = (value: number): RatioCells => ({
    parts: new Float64Array(20).fill(value),
    wholes: new Float64Array(20).fill(1),
  })
  const of = (base: number, head: number) =>
    differenceOf(known(meanOfSide([always(base)])), known(meanOfSide([always(head)])))
  expect(of(12, 12)).toMatchObject({ value: 0, p: 1 })
  expect(of(12, 13)).toMatchObject({ value: 1, p: 0, interval: { low: 1, high: 1 } })
})

it('nothing, and too little, is no estimate', () => {
  const short = { parts: new Float64Array(9), wholes: new Float64Array(9).fill(1) }
  expect(meanOfSide([short])).toEqual({ why: 'the window has fewer than 10 seconds' })
  const empty = { parts: new Float64Array(20), wholes: new Float64Array(20) }
  expect([meanOfSide([empty]), shareOfSide([empty], [short])]).toEqual(
    new Array(2).fill({ why: 'nothing was measured' }),
  )
})
