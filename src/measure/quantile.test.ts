import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  clusteredEffect,
  designEffect,
  estimateQuantile,
  quantileInterval,
  quantileRank,
  sampleCountMin,
  studentT,
} from './quantile.ts'
import { randomOf } from './testing/calm-run.ts'

const independent = (): number => 1

describe('how many values a quantile needs', () => {
  test.each([
    [0.5, 5],
    [0.95, 59],
    [0.99, 299],
    [0.999, 2_995],
  ])('p%d', (p, least) => {
    expect(sampleCountMin(p)).toBe(least)
    // One fewer, and the largest of them lies below the quantile in more than 1 of 20 cases.
    expect(p ** least).toBeLessThanOrEqual(0.05)
    expect(p ** (least - 1)).toBeGreaterThan(0.05)
  })
})

describe('the quantile of values', () => {
  test.each([
    [0.95, 20, 18, 'the 19th of 20: exactly 95 % are at or below it'],
    [0.95, 21, 19, 'of 21 the 20th'],
    [0.95, 1, 0, 'the only one'],
    [0.5, 4, 1, 'the lower middle'],
    [0.5, 2, 0, 'the lower of two'],
    [1, 7, 6, 'the maximum'],
  ])('p%d of %d is at %d: %s', (p, n, rank) => {
    expect(quantileRank(p, n)).toBe(rank)
  })

  test('is the smallest value with at least its share at or below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.95, 0.99),
        (values, p) => {
          const sorted = Float64Array.from(values).sort()
          const { value, interval } = estimateQuantile(p, sorted, sorted, independent)
          const share = (limit: number): number => values.filter((other) => other <= limit).length / values.length
          const exact = [...sorted].find((candidate) => share(candidate) >= p - 1e-12)
          expect(value).toBe(exact)
          expect(interval.low).toBeLessThanOrEqual(value)
          expect(interval.high).toBeGreaterThanOrEqual(value)
        },
      ),
    )
  })

  test('known from below only lies between what it is at least and at most', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.boolean()), { minLength: 1, maxLength: 100 }), (values) => {
        const lows = Float64Array.from(values, ([low]) => low).sort()
        const highs = Float64Array.from(values, ([low, open]) => (open ? Number.POSITIVE_INFINITY : low)).sort()
        const { value, interval } = estimateQuantile(0.95, lows, highs, independent)
        expect(value).toBe(lows[quantileRank(0.95, values.length)])
        expect(interval.high).toBeGreaterThanOrEqual(highs[quantileRank(0.95, values.length)] ?? 0)
      }),
    )
  })

  // Conover, table A3: the order statistics that hold 95 % of a binomial, by its normal approximation.
  test.each([
    [0.5, 100, 1, 40, 61],
    [0.5, 100, 4, 30, 71],
    [0.95, 1_000, 1, 936, 965],
    [0.95, 59, 1, 52, 59],
    [0.01, 100, 1, 1, 4],
  ])('p%d of %d with a design effect of %d lies between the %dth and the %dth', (p, n, effect, low, high) => {
    expect(quantileInterval(p, n, effect)).toEqual({ low: low - 1, high: high - 1 })
  })

  test('a larger design effect never narrows the interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 59, max: 10_000 }), fc.double({ min: 1, max: 50, noNaN: true }), (n, effect) => {
        const plain = quantileInterval(0.95, n, 1)
        const wide = quantileInterval(0.95, n, effect)
        expect(wide.low).toBeLessThanOrEqual(plain.low)
        expect(wide.high).toBeGreaterThanOrEqual(plain.high)
      }),
    )
  })
})

describe('the design effect', () => {
  test.each([
    ['calls that all hit or miss together by blocks of 10', [10, 10, 10, 10], [10, 0, 10, 0], (40 / 3) * 1],
    ['calls that hit evenly', [10, 10, 10, 10], [5, 5, 5, 5], 1],
    ['an indicator that never varies', [10, 10], [0, 0], 1],
    ['one block', [10], [3], 1],
    ['empty blocks do not count', [10, 0, 10, 0], [10, 0, 0, 0], 20],
    ['blocks of one call each', [1, 1, 1, 1], [1, 0, 1, 0], 4 / 3],
    ['an indicator that always holds', [10, 20], [10, 20], 1],
  ])('of %s', (_why, counts, hits, effect) => {
    expect(designEffect(counts, hits)).toBeCloseTo(effect, 9)
  })
})

describe("Student's t", () => {
  // Fisher and Yates, "Statistical Tables", table III.
  test.each([
    [1, 12.706],
    [2, 4.303],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [29, 2.045],
    [100, 1.984],
    [10_000, 1.96],
  ])('of %d degrees of freedom', (degrees, point) => expect(studentT(degrees)).toBeCloseTo(point, 2))

  test.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [15, 2.13145],
    [20, 2.08596],
    [30, 2.04227],
  ])('of %d to as many digits as tables have', (degrees, point) => expect(studentT(degrees)).toBeCloseTo(point, 4))
})

describe('the design effect over blocks of rising length', () => {
  const seconds = (length: number, hitsAt: (second: number) => number): [number[], number[]] => [
    new Array<number>(length).fill(10),
    Array.from({ length }, (_, second) => hitsAt(second)),
  ]
  const widened = (blocks: number): number => (studentT(blocks - 1) / 1.96) ** 2

  test('of calls that hit evenly is what few blocks are unsure of', () => {
    // Blocks of 1, 2, 5 and 10 s; of 20 s there are 3, which are too few.
    expect(clusteredEffect(...seconds(60, () => 5))).toBeCloseTo(widened(6), 9)
    expect(clusteredEffect(...seconds(59, () => 5))).toBeGreaterThanOrEqual(widened(6))
    expect(clusteredEffect(...seconds(50, () => 5))).toBeCloseTo(widened(10), 9)
    expect(clusteredEffect(...seconds(11, () => 5))).toBeCloseTo(widened(6), 1)
    expect(clusteredEffect(...seconds(4, () => 5))).toBeCloseTo(widened(4), 9)
  })

  test('finds what is alike over several seconds', () => {
    // All or nothing in turns of 5 s: blocks of 5 s differ by all there is, of 50 calls each.
    const [counts, hits] = seconds(60, (second) => (Math.floor(second / 5) % 2 === 0 ? 10 : 0))
    expect(clusteredEffect(counts, hits)).toBeCloseTo(50 * (12 / 11) * widened(12), 6)
    expect(designEffect(counts, hits)).toBeCloseTo(10 * (60 / 59), 6)
  })

  test('counts no seconds without calls as blocks, and is never above the number of calls', () => {
    const [counts, hits] = [new Array<number>(60).fill(0), new Array<number>(60).fill(0)]
    ;[counts[0], counts[30], hits[0]] = [10, 10, 10]
    expect(clusteredEffect(counts, hits)).toBe(20)
    // One call every other second: 4 blocks, not 8, and longer blocks would be too few.
    expect(clusteredEffect([1, 0, 1, 0, 1, 0, 1, 0], [1, 0, 0, 0, 1, 0, 0, 0])).toBeCloseTo((4 / 3) * widened(4), 9)
  })

  test('takes seconds that are left out, and those after the last hit, for such without any', () => {
    const full: [number[], number[]] = [
      [10, 0, 10, 0, 10, 10, 0, 10],
      [4, 0, 0, 0, 9, 0, 0, 0],
    ]
    const sparse: [number[], number[]] = [[], []]
    for (const at of [0, 2, 4, 5, 7]) sparse[0][at] = 10
    ;[sparse[1][0], sparse[1][4]] = [4, 9]
    expect(clusteredEffect(...sparse)).toBe(clusteredEffect(...full))
  })

  test('is by blocks of 20 s and of 30 s where those differ most', () => {
    // Of 180 s all calls hit in turns of 20 s, and of 30 s.
    for (const each of [20, 30]) {
      const [counts, hits] = seconds(180, (second) => (Math.floor(second / each) % 2 === 0 ? 10 : 0))
      const blocks = 180 / each
      const share = Math.ceil(blocks / 2) / blocks
      const squares = blocks * share * (1 - share) * (10 * each) ** 2
      const clustered = (squares * blocks) / (blocks - 1)
      const effect = clustered / (1_800 * share * (1 - share))
      expect(clusteredEffect(counts, hits)).toBeCloseTo(effect * widened(blocks), 6)
    }
  })

  test('is 1 where nothing can differ', () => {
    expect(clusteredEffect([10], [3])).toBe(1)
    expect(clusteredEffect([], [])).toBe(1)
  })
})

describe('the interval covers the true p95', () => {
  /** Share of 400 runs whose interval holds the true p95 of latencies with `common` of their spread by seconds. */
  function coverage(common: number, corrected = true): number {
    const random = randomOf(7)
    let covered = 0
    for (let run = 0; run < 400; run++) {
      const values: number[] = []
      const blockOf: number[] = []
      for (let block = 0; block < 60; block++) {
        const shared = random()
        for (let call = 0; call < 50; call++) {
          values.push(random() < common ? shared : random())
          blockOf.push(block)
        }
      }
      const sorted = Float64Array.from(values).sort()
      const { interval } = estimateQuantile(0.95, sorted, sorted, (above) => {
        const counts = new Array<number>(60).fill(50)
        const hits = new Array<number>(60).fill(0)
        values.forEach((value, call) => {
          if (value > above) hits[blockOf[call] ?? 0] = (hits[blockOf[call] ?? 0] ?? 0) + 1
        })
        return corrected ? designEffect(counts, hits) : 1
      })
      if (interval.low <= 0.95 && interval.high >= 0.95) covered += 1
    }
    return covered / 400
  }

  test('of independent calls in 19 of 20 runs', () => expect(coverage(0)).toBeGreaterThan(0.93))

  test('of calls that are slow together nearly as often, and without the design effect seldom', () => {
    // Few seconds carry the tail, so that the estimated effect is itself uncertain.
    expect(coverage(0.7)).toBeGreaterThan(0.85)
    expect(coverage(0.7, false)).toBeLessThan(0.5)
  })
})
