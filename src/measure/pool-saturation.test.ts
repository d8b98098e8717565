import { describe, expect, test } from 'vitest'
import type { PoolRow } from '../record/reader-rows.ts'
import { saturatedOf } from './pool-saturation.ts'
import { mutePoolRow } from './testing/mute-pool-row.ts'

const s = 1_000_000
type Spans = readonly (readonly [fromS: number, toS: number])[]

function stretchOf(rows: readonly PoolRow[], ...spans: Spans) {
  const asked = spans.map(([fromS, toS]) => ({ startUs: Math.round(fromS * s), endUs: Math.round(toS * s) }))
  const { value, interval, sampleCount } = saturatedOf({ rows, spans: asked, server: null, instance: null, down: [] })
  return { value, low: interval?.low, high: interval?.high, sampleCount }
}

/** By gauges: a sample at each of these seconds. All 10 connections are in use, and 2 callers wait, at those of `full`. */
const sampled = (timesS: readonly number[], full: readonly number[], changes: Partial<PoolRow> = {}): PoolRow[] =>
  timesS.map((at) => {
    const isFull = full.includes(at)
    const state = { ...mutePoolRow, tUs: at * s, used: isFull ? 10 : 9, max: 10, pending: isFull ? 2 : 0 }
    return isFull ? { ...state, ...changes } : state
  })
const seconds = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe('the longest saturated stretch, by gauges', () => {
  const each = seconds(0, 10)

  test.each<readonly [string, readonly PoolRow[], Spans, number, number, number]>([
    ['from its first sample to its last, up to the neighbours', sampled(each, [3, 4, 5]), [[0, 10]], 2_000, 4_000, 10],
    ['of a single sample', sampled(each, [3]), [[0, 10]], 0, 2_000, 10],
    ['from the start of the span', sampled(each, [3, 4, 5]), [[3.5, 10]], 1_000, 2_500, 6],
    ['with a sample at its very start', sampled(each, [3, 4, 5]), [[3, 6]], 2_000, 3_000, 3],
    ['without one a moment before it', sampled(each, [3, 4, 5]), [[3.000_001, 6]], 1_000, 2_999.999, 2],
    ['to the end of the span, without the sample there', sampled(each, [3, 4, 5]), [[0, 5]], 1_000, 3_000, 5],
    ['with one a moment before it', sampled(each, [3, 4, 5]), [[0, 5.000_001]], 2_000, 3_000.001, 6],
    ['from the very first sample on', sampled(each, [0, 1]), [[0, 10]], 1_000, 2_000, 10],
    ['to the very last', sampled(each, [9, 10]), [[0, 20]], 1_000, 12_000, 11],
    ['of two the longer one', sampled(each, [1, 2, 5, 6, 7]), [[0, 10]], 2_000, 4_000, 10],
    ['of two the longer one, if it is the first', sampled(each, [1, 2, 3, 6, 7]), [[0, 10]], 2_000, 4_000, 10],
    [
      'of two spans the longer one, with all samples',
      sampled(each, [1, 2, 6, 7, 8]),
      [
        [0, 4],
        [5, 10],
      ],
      2_000,
      4_000,
      9,
    ],
    [
      'no stretch goes over from span to span',
      sampled(each, [3, 4, 5]),
      [
        [0, 4],
        [4, 10],
      ],
      1_000,
      2_000,
      10,
    ],
    ['more in use than it is said to hold', sampled(each, [3, 4], { used: 11 }), [[0, 10]], 1_000, 3_000, 10],
    ['one who waits is enough', sampled(each, [3, 4], { pending: 1 }), [[0, 10]], 1_000, 3_000, 10],
    ['nobody waiting is none', sampled(each, [3, 4], { pending: 0 }), [[0, 10]], 0, 1_000, 10],
    ['what failed says nothing', sampled(each, [3, 4], { error: 'HTTP 503' }), [[0, 10]], 0, 2_000, 8],
    ['nor what does not tell the use', sampled(each, [3, 4], { used: null }), [[0, 10]], 0, 2_000, 8],
    ['nor the size', sampled(each, [3, 4], { max: null }), [[0, 10]], 0, 2_000, 8],
    ['nor who waits', sampled(each, [3, 4], { pending: null }), [[0, 10]], 0, 2_000, 8],
    ['what no sample saw is no longer than between two', sampled([0, 1, 2.5, 3], []), [[0, 3]], 0, 1_500, 3],
    ['of the only sample of the span, which is not full', sampled([1], []), [[0, 3]], 0, 0, 1],
    [
      'a span between two samples has none of its own',
      sampled(each, [3]),
      [
        [5.1, 5.9],
        [2.5, 3.5],
      ],
      0,
      1_000,
      1,
    ],
    ['nor longer than 2 s', sampled([0, 1, 9], []), [[0, 10]], 0, 2_000, 3],
    ['a gap before the first of the span is not its own', sampled([0, 1.9, 2], []), [[1, 3]], 0, 100, 2],
    ['a gap after the last one neither', sampled([1, 1.2, 3], []), [[1, 2.5]], 0, 200, 2],
  ])('%s', (_why, rows, spans, low, high, sampleCount) => {
    expect(stretchOf(rows, ...spans)).toEqual({ value: low, low, high, sampleCount })
  })

  test('without a sample is unknown', () => {
    const spans = [{ startUs: 20 * s, endUs: 30 * s }]
    expect(saturatedOf({ rows: sampled(each, [3]), spans, server: null, instance: null, down: [] })).toMatchObject({
      kind: 'none',
      reason: 'no_samples',
      sampleCount: 0,
    })
  })
})

describe('the longest saturated stretch, by counters', () => {
  /** A reading a second, which took 100 ms. */
  const counted = (toS: number, totalS: (at: number) => number, longestS: (at: number) => number | null): PoolRow[] =>
    seconds(0, toS).map((at) => ({
      ...mutePoolRow,
      ...{ tUs: at * s, tookUs: 100_000, saturatedS: totalS(at), saturatedLongestS: longestS(at) },
    }))
  const clamp = (value: number, most: number): number => Math.min(Math.max(0, value), most)
  /** Saturated from 12 s to 15 s. */
  const three = (at: number): number => clamp(at - 12, 3)
  /** From 8 s to 14 s. */
  const six = (at: number): number => clamp(at - 8, 6)

  test.each<readonly [string, readonly PoolRow[], Spans, number, number, number]>([
    ['within the span it is known exactly', counted(30, three, three), [[10, 20]], 3_000, 3_000, 3_000],
    [
      'it is that of the span, and no other',
      counted(
        40,
        (at) => three(at) + clamp(at - 30, 1),
        (at) => three(at),
      ),
      [[10, 20]],
      3_000,
      3_000,
      3_000,
    ],
    ['begun before, it has the length of the span', counted(30, six, six), [[10, 12]], 2_000, 2_000, 3_000],
    // A reading at 10 s was asked for 0.1 s before: the first within is that at 11 s, where 3 s were told.
    [
      'of one that ends within, as much as the counters say',
      counted(30, six, six),
      [[10, 20]],
      6_000 - 2_000,
      4_000,
      4_000,
    ],
    [
      'an earlier longest one says no more than how long at most',
      counted(
        30,
        (at) => 5 + clamp(at - 12, 1),
        () => 5,
      ),
      [[10, 20]],
      0,
      0,
      1_000,
    ],
    [
      'in all more than the longest',
      counted(
        30,
        (at) => clamp(at - 11, 8),
        (at) => clamp(at - 11, 2),
      ),
      [[10, 20]],
      2_000,
      2_000,
      2_000,
    ],
    [
      'of two spans the longer one',
      counted(
        40,
        (at) => three(at) + clamp(at - 30, 5),
        (at) => Math.max(three(at), clamp(at - 30, 5)),
      ),
      [
        [10, 20],
        [29, 38],
      ],
      5_000,
      5_000,
      5_000,
    ],
    [
      'a process that began anew may have had any, up to its longest',
      counted(
        30,
        (at) => (at < 13 ? 4 : 0),
        () => 4,
      ),
      [[10, 20]],
      0,
      0,
      4_000,
    ],
    ['without a reading after the end the last one speaks', counted(20, three, three), [[10, 30]], 3_000, 3_000, 3_000],
    [
      'by the first reading after the end',
      counted(
        40,
        (at) => three(at) + clamp(at - 30, 9),
        (at) => Math.max(three(at), clamp(at - 30, 9)),
      ),
      [[10, 20]],
      3_000,
      3_000,
      3_000,
    ],
    [
      'a reading that lacks it is passed over',
      counted(30, three, (at) => (at === 11 || at === 20 || at === 21 ? null : three(at))),
      [[10, 20]],
      3_000,
      3_000,
      3_000,
    ],
  ])('%s', (_why, rows, spans, value, low, high) => {
    expect(stretchOf(rows, ...spans)).toMatchObject({ value, low, high })
  })

  test('is by as many readings as the counter has in the span', () => {
    expect(stretchOf(counted(30, three, three), [10, 20]).sampleCount).toBe(10)
  })

  test('readings count from when they were begun, to when they ended', () => {
    const rows = counted(30, three, three)
    // At 13 s 1 s was told, at 15 s 3 s.
    expect(stretchOf(rows, [12.9, 15])).toMatchObject({ low: 2_100 })
    expect(stretchOf(rows, [12.9, 14.999_999])).toMatchObject({ low: 2_000 })
    expect(stretchOf(rows, [12.900_001, 14.5])).toMatchObject({ low: 0 })
    // Asked for at 15.9 s, when the longest was still as told at 15 s.
    const later = counted(
      30,
      (at) => clamp(at - 12, 9),
      (at) => clamp(at - 12, 9),
    )
    expect(stretchOf(later, [10, 15.9])).toMatchObject({ high: 4_000 })
    expect(stretchOf(later, [10, 15.900_001])).toMatchObject({ high: 5_000 })
  })

  test('is what was told at the end, not what came after it', () => {
    // Saturated again and again: 1 s of each from 5 s on in sum, of which the longest stretch is a part.
    const rows = counted(
      40,
      (at) => clamp(at - 5, 30),
      (at) => clamp(at - 12, 9),
    )
    expect(stretchOf(rows, [10, 15.9])).toMatchObject({ high: 4_000 })
    expect(stretchOf(rows, [10, 15.900_001])).toMatchObject({ high: 5_000 })
    // Readings that lack it are passed over, to the next that has it.
    const gaps = rows.map((row) => (row.tUs === 16 * s ? { ...row, saturatedLongestS: null } : row))
    expect(stretchOf(gaps, [10, 15.9])).toMatchObject({ high: 5_000 })
  })

  test('of a span between two readings is no longer than what was told by its end', () => {
    const rows = counted(30, three, three)
    expect(stretchOf(rows, [12.2, 12.8])).toMatchObject({ low: 0, high: 1_000 })
  })

  test('samples show how much of it is sure, never more than the counters', () => {
    const full = (at: number): Partial<PoolRow> =>
      at >= 12 && at <= 14 ? { used: 10, max: 10, pending: 1 } : { used: 1, max: 10, pending: 0 }
    const rows = (most: number) =>
      counted(
        30,
        (at) => 5 + clamp(at - 12, most),
        () => 5,
      ).map((row, at) => ({ ...row, ...full(at) }))
    expect(stretchOf(rows(3), [10, 20])).toMatchObject({ value: 2_000, low: 2_000, high: 3_000 })
    expect(stretchOf(rows(1), [10, 20])).toMatchObject({ value: 1_000, low: 1_000, high: 1_000 })
  })

  test('a counter without its longest stretch is of no use: gauges have to do', () => {
    const rows = sampled(seconds(0, 10), [3, 4]).map((row) => ({ ...row, saturatedS: 7 }))
    expect(stretchOf(rows, [0, 10])).toMatchObject({ value: 1_000, high: 3_000 })
  })
})
