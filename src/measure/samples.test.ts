import { describe, expect, test } from 'vitest'
import {
  type Gauge,
  gauge,
  largestRise,
  lastAtOrBefore,
  nearestWithin,
  peakWithArrivals,
  type Sampled,
  sampledPeak,
  silence,
  valuesWithin,
} from './samples.ts'

const source = { timesUs: [1_000, 2_000, 3_000], values: [7, 8, 9] }

test.each([
  ['the only sample of the span', { startUs: 1_500, endUs: 2_500 }, { startUs: 1_500, endUs: 1_600 }, 8],
  ['the last before the part', { startUs: 0, endUs: 4_000 }, { startUs: 2_500, endUs: 2_600 }, 8],
  ['the first of the span, of a part before it', { startUs: 1_500, endUs: 4_000 }, { startUs: 1_600, endUs: 1_700 }, 8],
  ['none where the span has none', { startUs: 2_100, endUs: 2_900 }, { startUs: 2_100, endUs: 2_900 }, null],
] as const)('the sample nearest to a part of a span: %s', (_why, span, part, value) => {
  expect(nearestWithin(source, span, part)).toBe(value)
})

/** A value each 10 µs, from 0 on. */
const each10 = (...values: readonly number[]): Gauge => ({ timesUs: values.map((_, at) => at * 10), values })

describe('places in time', () => {
  test.each([
    ['before all', 5, -1],
    ['at the first', 10, 0],
    ['between two', 15, 0],
    ['at the last', 30, 2],
    ['after all', 99, 2],
  ])('%s', (_why, timeUs, at) => expect(lastAtOrBefore([10, 20, 30], timeUs)).toBe(at))

  test('of no time there is none', () => expect(lastAtOrBefore([], 5)).toBe(-1))

  test('values at the start of a span are within it, those at its end are not', () => {
    expect(valuesWithin(each10(1, 2, 3, 4), { startUs: 10, endUs: 30 })).toEqual([2, 3])
    expect(valuesWithin(each10(1, 2, 3, 4), { startUs: 11, endUs: 31 })).toEqual([3, 4])
  })
})

test('a gauge has the readings that were told, and nothing of a failed one', () => {
  const rows = [
    { tUs: 1, tookUs: 1, error: null, value: 5 },
    { tUs: 2, tookUs: 1, error: 'HTTP 503', value: 6 },
    { tUs: 3, tookUs: 1, error: null, value: null },
    { tUs: 4, tookUs: 1, error: null, value: 0 },
  ]
  expect(gauge(rows, ({ value }) => value)).toEqual({ timesUs: [1, 4], values: [5, 0] })
})

test.each([
  ['a moment before the span is not of it', { startUs: 11, endUs: 25 }, { startUs: 0, endUs: 1 }, 3],
  ['at its start is', { startUs: 10, endUs: 25 }, { startUs: 0, endUs: 1 }, 2],
  ['at its end is not', { startUs: 0, endUs: 20 }, { startUs: 30, endUs: 31 }, 2],
  ['a moment before its end is', { startUs: 0, endUs: 21 }, { startUs: 30, endUs: 31 }, 3],
  ['only one within', { startUs: 20, endUs: 21 }, { startUs: 0, endUs: 1 }, 3],
  ['at the part itself', { startUs: 0, endUs: 40 }, { startUs: 20, endUs: 21 }, 3],
])('the nearest sample: %s', (_why, span, part, value) => {
  expect(nearestWithin(each10(1, 2, 3, 4), span, part)).toBe(value)
})

describe('the largest rise', () => {
  test.each([
    ['from one sample to the next', [1, 4, 2, 8, 9], { startUs: 0, endUs: 50 }, 6],
    ['of what only falls is 0', [9, 5, 1], { startUs: 0, endUs: 30 }, 0],
    ['of one sample is 0', [9, 5, 1], { startUs: 10, endUs: 20 }, 0],
    ['from a sample before the span is not its own', [0, 7, 8], { startUs: 10, endUs: 30 }, 1],
    ['to a sample at its end neither', [1, 2, 9], { startUs: 0, endUs: 20 }, 1],
    ['from a sample a moment before the span neither', [0, 7, 8], { startUs: 1, endUs: 30 }, 1],
    ['to one a moment before its end is', [1, 2, 9], { startUs: 0, endUs: 21 }, 7],
    ['from one at its very start is', [9, 1, 5], { startUs: 10, endUs: 30 }, 4],
    ['between its first two and its last two is', [0, 5, 5, 9], { startUs: 0, endUs: 40 }, 5],
  ])('%s', (_why, values, span, rise) => expect(largestRise(each10(...values), span)).toBe(rise))
})

describe('a sampled peak', () => {
  test('of two spans is that of the higher one, with its own rise, and all samples', () => {
    const spans = [
      { startUs: 0, endUs: 20 },
      { startUs: 30, endUs: 60 },
    ]
    expect(sampledPeak(each10(7, 9, 50, 3, 4, 5), spans)).toEqual({ low: 9, high: 11, samples: 5 })
    expect(sampledPeak(each10(3, 4, 50, 7, 9, 9), spans)).toEqual({ low: 9, high: 11, samples: 5 })
  })

  test('of a span without a sample is none', () => {
    expect(sampledPeak(each10(1, 2), [{ startUs: 1, endUs: 9 }])).toBeNull()
  })

  test('with arrivals counts those between two samples of the span alone', () => {
    const open = each10(10, 10, 10, 10)
    const arrived = each10(0, 5, 6, 50)
    expect(peakWithArrivals(open, arrived, [{ startUs: 10, endUs: 30 }])).toEqual({ low: 10, high: 11, samples: 2 })
    expect(peakWithArrivals(open, arrived, [{ startUs: 5, endUs: 35 }])).toEqual({ low: 10, high: 54, samples: 3 })
  })

  test('arrivals from a sample a moment before the span, or to one at its end, are not its own', () => {
    const open = each10(10, 10, 10, 10)
    expect(peakWithArrivals(open, each10(0, 9, 10, 10), [{ startUs: 1, endUs: 40 }])?.high).toBe(11)
    expect(peakWithArrivals(open, each10(0, 1, 1, 9), [{ startUs: 0, endUs: 30 }])?.high).toBe(11)
    expect(peakWithArrivals(open, each10(0, 1, 1, 9), [{ startUs: 0, endUs: 31 }])?.high).toBe(18)
  })

  test('a counter reset outside the span is none of its business', () => {
    expect(peakWithArrivals(each10(10, 10, 10), each10(9, 0, 1), [{ startUs: 10, endUs: 30 }])?.high).toBe(11)
  })

  test('a counter that was not told with each sample bounds nothing', () => {
    expect(peakWithArrivals(each10(10, 30, 30), each10(0, 40), [{ startUs: 0, endUs: 30 }])?.high).toBe(50)
  })
})

describe('the silence of a sampler that is asked four times a second', () => {
  const s = 1_000_000
  const rowsAt = (...timesS: readonly number[]): Sampled[] =>
    timesS.map((at) => ({ tUs: at * s, tookUs: 1, error: null }))
  const each = (stepS: number, fromS: number, toS: number): number[] =>
    Array.from({ length: Math.round((toS - fromS) / stepS) }, (_, at) => fromS + at * stepS)
  const span = { startUs: 10 * s, endUs: 30 * s }

  test.each<[string, readonly number[], string | null]>([
    ['none', each(0.25, 5, 35), null],
    ['none: samples a second apart cover all', each(1, 5, 35), null],
    ['a gap of 2 s is none yet', [...each(0.25, 5, 20.25), ...each(0.25, 22, 35)], null],
    ['a longer one is', [...each(0.25, 5, 20.25), ...each(0.25, 22.5, 35)], 'no answer for 2.5 s from 20.0 s on'],
    // From 11 s to 29 s each of 12 gaps leaves half a second uncovered; those over the edges have 1 s within.
    ['three tenths of the time uncovered', each(1.5, 5, 35), 'answers cover 70 % of the window'],
    // 2 of 20 s are uncovered: two stretches of 2 s, of which 1 s counts each.
    ['nine tenths are enough', [...each(0.25, 5, 15.25), ...each(0.25, 17, 20.25), ...each(0.25, 22, 35)], null],
    // Twice a quarter of a second more: 2.5 of 20 s.
    [
      'and less is not',
      [...each(0.25, 5, 15.25), ...each(0.25, 17, 20.25), ...each(0.25, 22, 25.25), 26.25, ...each(0.25, 27.5, 35)],
      'answers cover 87 % of the window',
    ],
    ['what came just before and after counts', [9.9, ...each(0.25, 11, 29.25), 30.1], null],
    ['a late beginning', each(0.25, 13, 35), 'no answer for 3.0 s from 10.0 s on'],
    ['an early end', each(0.25, 5, 27), 'no answer for 3.3 s from 26.8 s on'],
    [
      'a gap over its edge counts with all its length',
      [...each(0.25, 5, 8.25), ...each(0.25, 10.5, 35)],
      'no answer for 2.5 s from 8.0 s on',
    ],
    ['what comes after its end is not missed', [...each(0.25, 5, 30), 30, 35], null],
    ['nothing at all', [], 'no answer for 20.0 s from 10.0 s on'],
  ])('%s', (_why, times, why) => expect(silence(rowsAt(...times), [span], 250)).toBe(why))

  test('of a gap over its edge only the part within is uncovered', () => {
    const two = [{ startUs: 10 * s, endUs: 12 * s }]
    // From 9 s to 10.9 s: 0.9 s of it within, which is covered.
    expect(silence(rowsAt(9, 10.9, 11.5, 12), two, 250)).toBeNull()
  })

  test('a failed sample is as good as none', () => {
    const rows = rowsAt(...each(0.25, 5, 35)).map((row) =>
      row.tUs >= 20 * s && row.tUs < 22.5 * s ? { ...row, error: 'HTTP 503' } : row,
    )
    expect(silence(rows, [span], 250)).toBe('no answer for 2.8 s from 19.8 s on')
  })

  test('of one that is asked each 0.8 s twice as long is covered', () => {
    // Each of 10 whole gaps of 1.9 s leaves 0.3 s uncovered; those over the edges have less within.
    expect(silence(rowsAt(...each(1.9, 8.5, 36)), [span], 800)).toBe('answers cover 85 % of the window')
  })

  test('one that is asked seldom may be silent for two intervals', () => {
    expect(silence(rowsAt(5, 10, 15, 20, 25, 30, 35), [span], 2_500)).toBeNull()
    expect(silence(rowsAt(5, 10, 15, 20, 25, 30, 35), [span], 2_400)).toBe('no answer for 5.0 s from 10.0 s on')
  })
})
