import { describe, expect, it } from 'vitest'
import { comparedMeasures, type Drawn } from '../measure/compared.ts'
import { randomOf } from '../measure/testing/calm-run.ts'
import type { DrawnRow } from './drawn-sides.ts'
import { blockDifferences, type RowDifference, wholeRunsDifferences } from './row-differences.ts'

const [measure] = comparedMeasures
const window = { id: 'steady.clear', kind: 'clear', spans: [], fault: null, judged: true } as const

/** A minute of values around `level`, one second a cell; its mean is compared. */
function mean(seed: number, level: number): Drawn {
  const random = randomOf(seed)
  const wholes = new Float64Array(60).fill(20)
  return { kind: 'mean', cells: { parts: wholes.map((whole) => whole * (level + random())), wholes } }
}

/** A minute of 20 calls a second, of which `each` in a hundred fail. */
function share(seed: number, each: number): Drawn {
  const random = randomOf(seed)
  const wholes = new Float64Array(60).fill(20)
  const parts = wholes.map((whole) => Array.from({ length: whole }).filter(() => random() < each / 100).length)
  return { kind: 'share', cells: { parts, wholes } }
}

function row(base: Drawn, head: Drawn): DrawnRow {
  if (measure === undefined) throw new Error('no measure')
  return { measure, window, base: [base], head: [head] }
}

function differences(rows: readonly DrawnRow[], weights: readonly number[]): RowDifference[] {
  return blockDifferences(rows.map((one, at) => ({ row: one, weight: weights[at] ?? 1 }))).map((found) => {
    if ('why' in found) throw new Error(found.why)
    return found
  })
}
const alone = (one: DrawnRow): RowDifference => {
  const [found] = differences([one], [1])
  if (found === undefined) throw new Error('nothing')
  return found
}

describe('one row', () => {
  it('is as surely higher as it is not lower', () => {
    for (let seed = 1; seed < 20; seed++) {
      const { value, higherP, lowerP } = alone(row(mean(seed, 10), mean(seed + 100, 10.1)))
      expect(higherP + lowerP).toBeCloseTo(1, 10)
      expect(higherP < lowerP).toBe(value > 0)
    }
  })

  it('leaves out 0 by its interval exactly when a direction has p below 0.025', () => {
    let clear = 0
    for (let seed = 1; seed < 60; seed++) {
      const { interval, higherP, lowerP } = alone(row(mean(seed, 10), mean(seed + 100, 10 + seed / 200)))
      const leavesOut = interval.low > 0 || interval.high < 0
      expect(leavesOut).toBe(Math.min(higherP, lowerP) < 0.025)
      if (leavesOut) clear += 1
    }
    expect(clear).toBeGreaterThan(10)
    expect(clear).toBeLessThan(50)
  })

  it('alone is called in four of five at one-sided 5 %, which is some 1.26 times half of its interval', () => {
    // Of Student's t with over a hundred degrees of freedom: (1.66 + 0.84) / 1.98.
    const { interval, detectable } = alone(row(mean(1, 10), mean(2, 10.1)))
    const times = detectable / ((interval.high - interval.low) / 2)
    expect(times).toBeGreaterThan(1.22)
    expect(times).toBeLessThan(1.31)
  })

  it('the other way round has its directions exchanged', () => {
    const [there, back] = [alone(row(mean(1, 10), mean(2, 10.1))), alone(row(mean(2, 10.1), mean(1, 10)))]
    expect(back.value).toBeCloseTo(-there.value, 10)
    expect(back.lowerP).toBeCloseTo(there.higherP, 6)
  })

  it('tells what each side shows: a share of all calls, and how many there were', () => {
    const wholes = new Float64Array(60).fill(20)
    const failed = (each: number): Drawn => ({
      kind: 'share',
      cells: { parts: wholes.map((_, at) => (at % each === 0 ? 5 : 0)), wholes },
    })
    expect(alone(row(failed(6), failed(3)))).toMatchObject({
      base: { value: expect.closeTo(50 / 1_200, 10), samples: 1_200 },
      head: { value: expect.closeTo(100 / 1_200, 10), samples: 1_200 },
      value: expect.closeTo(50 / 1_200, 10),
    })
  })

  it('of one number a run cannot be told', () => {
    const one: Drawn = { kind: 'one', value: 7 }
    expect(blockDifferences([{ row: row(one, { kind: 'one', value: 9 }), weight: 1 }])).toEqual([
      {
        base: { value: 7, samples: 1 },
        head: { value: 9, samples: 1 },
        why: expect.stringMatching(/one number a run/),
      },
    ])
  })
})

describe('several rows', () => {
  const [near, far] = [row(mean(1, 10), mean(2, 10.2)), row(share(3, 5), share(4, 5))]

  it('share the error by their weights, of which only the proportion counts', () => {
    const p = alone(near).higherP
    // Twice the very same, four fifths of the error for the first: p / 0.8 for both.
    const twice = differences([near, near], [0.8, 0.2])
    expect(twice.map(({ higherP }) => higherP / p)).toEqual([expect.closeTo(1.25, 6), expect.closeTo(1.25, 6)])
    const scaled = differences([near, near], [8, 2])
    expect(scaled.map(({ detectable }) => detectable)).toEqual(twice.map(({ detectable }) => detectable))
    expect(scaled.map(({ higherP }) => higherP)).toEqual(twice.map(({ higherP }) => expect.closeTo(higherP, 10)))
  })

  it('what is left a smaller share of the error must differ by more to be called', () => {
    const [first, second] = differences([near, near], [0.8, 0.2])
    expect(first?.detectable).toBeLessThan(second?.detectable ?? 0)
    expect(alone(near).detectable).toBeLessThan(first?.detectable ?? 0)
  })

  it('of which none can be told leave their share to the others', () => {
    const one = row({ kind: 'one', value: 1 }, { kind: 'one', value: 2 })
    const [, found] = blockDifferences([
      { row: one, weight: 0.9 },
      { row: far, weight: 0.1 },
    ])
    expect(found).toMatchObject({ detectable: alone(far).detectable, higherP: expect.closeTo(alone(far).higherP, 10) })
  })
})

describe('whole runs, where calls may take 35 s', () => {
  const medianOf = (ms: number): Drawn => ({ kind: 'values', p: 0.5, cells: [new Float64Array(5).fill(ms)] })
  const four = (...ms: readonly number[]) => [0, 1, 2, 3].map((at) => medianOf(ms[at % ms.length] ?? 0))
  function between(base: readonly Drawn[], head: readonly Drawn[]): RowDifference {
    const one = { ...row(medianOf(0), medianOf(0)), base, head }
    const [found] = wholeRunsDifferences([{ row: one, longestMs: 35_000, minimumEffect: () => 5 }], 1)
    if (found === undefined) throw new Error('nothing')
    return found
  }
  const endless = Number.POSITIVE_INFINITY

  it.each<[reason: string, head: readonly number[], headMs: number]>([
    ['a good call that began late takes as long as its user waited', [40_000, 50_000], 45_000],
    ['no good end is twice the longest', [endless], 70_000],
    ['and above all good ones', [100_000, endless], 150_000],
  ])('%s', (_reason, head, headMs) => {
    expect(between(four(100), four(...head)).head.value).toBe(headMs)
  })

  it('one side that answers late and another that does not at all differ', () => {
    const { value, higherP } = between(four(80_000), four(endless))
    expect([value, higherP < 0.02]).toEqual([80_000, true])
  })
})
