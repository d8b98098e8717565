import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { counter, increase } from './counters.ts'

describe('increases of counters', () => {
  test('what another source had counted before is no increase, and what the first one had not told is open', () => {
    const rows = [0, 10, 20, 30].map((tUs) => ({ tUs, tookUs: 0, error: null }))
    const readings = counter(
      rows,
      ({ tUs }) => (tUs < 20 ? 3 : 50),
      ({ tUs }) => (tUs < 20 ? 'a' : 'b'),
    )
    expect(increase(readings, [{ startUs: 0, endUs: 30 }])).toMatchObject({
      interval: { low: 0, high: Number.POSITIVE_INFINITY },
    })
  })

  test('the true count lies within the interval, whatever the readings', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 3, maxLength: 40 })
    const events = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 })
    fc.assert(
      fc.property(
        times,
        events,
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        (at, happened, startUs, length) => {
          const span = { startUs, endUs: startUs + length }
          const readings = counter(
            at.sort((a, b) => a - b).map((tUs) => ({ tUs, tookUs: 0, error: null })),
            (row) => happened.filter((event) => event < row.tUs).length,
          )
          const rise = increase(readings, [span])
          const truth = happened.filter((event) => event >= span.startUs && event < span.endUs).length
          if (rise === null) return
          expect(rise.interval.low).toBeLessThanOrEqual(truth)
          expect(rise.interval.high).toBeGreaterThanOrEqual(truth)
          expect(rise.value).toBeGreaterThanOrEqual(rise.interval.low)
          expect(rise.value).toBeLessThanOrEqual(rise.interval.high)
        },
      ),
    )
  })

  test.each([
    ['one event well inside', [0, 0, 1, 1, 1], { value: 1, interval: { low: 1, high: 1 } }],
    ['an event between the readings around the start', [0, 1, 1, 1, 1], { value: 1, interval: { low: 0, high: 1 } }],
    ['an event between the readings around the end', [0, 0, 0, 0, 1], { value: 0, interval: { low: 0, high: 1 } }],
    ['events outside', [3, 3, 3, 3, 3], { value: 0, interval: { low: 0, high: 0 } }],
    ['a counter that began anew', [5, 5, 1, 1, 1], { value: 1, interval: { low: 1, high: Number.POSITIVE_INFINITY } }],
  ])('%s', (_why, values, expected) => {
    const readings = values.map((value, at) => ({ fromUs: at * 10, tUs: at * 10, value, source: null }))
    expect(increase(readings, [{ startUs: 5, endUs: 35 }])).toMatchObject(expected)
  })

  test('without a reading after the span there is no upper end', () => {
    const readings = [0, 10, 20].map((tUs) => ({ fromUs: tUs, tUs, value: 0, source: null }))
    expect(increase(readings, [{ startUs: 5, endUs: 25 }])?.interval.high).toBe(Number.POSITIVE_INFINITY)
  })

  /** One reading each 10 µs, which took 2 µs, from 0 on. */
  const told = (...values: readonly number[]) =>
    counter(
      values.map((value, at) => ({ tUs: at * 10, tookUs: 2, error: null, value })),
      ({ value }) => value,
    )

  test.each([
    ['a reading begun at the start and one ended at the end are within', 8, 30, { low: 3, high: 10 }, 3],
    ['one begun before the start is not', 9, 30, { low: 2, high: 10 }, 2],
    ['one that ended after the end is not', 8, 29, { low: 1, high: 10 }, 2],
    ['one that ended at the start is before it', 10, 29, { low: 0, high: 9 }, 1],
    ['one begun at the end is after it', 8, 28, { low: 1, high: 4 }, 2],
    ['the first reading may be the first within', -2, 30, { low: 4, high: Number.POSITIVE_INFINITY }, 4],
    ['and the last one before', 0, 2, { low: 0, high: 1 }, 0],
    ['one reading alone shows no rise', 8, 17, { low: 0, high: 2 }, 1],
    ['a span without a reading in it has none', 11, 17, { low: 0, high: 1 }, 0],
  ])('%s', (_why, startUs, endUs, interval, readings) => {
    expect(increase(told(0, 1, 2, 4, 10), [{ startUs, endUs }])).toMatchObject({ interval, readings })
  })

  test('the first reading alone is one', () => {
    expect(increase(told(5, 9), [{ startUs: -2, endUs: 0 }])).toMatchObject({ value: 0, readings: 1 })
    // Nothing is known before it, so that what it ends with is open.
    expect(increase(told(5, 9), [{ startUs: -9, endUs: -2 }])).toBeNull()
  })

  test('over several spans adds up, value, interval and readings', () => {
    const spans = [
      { startUs: 8, endUs: 20 },
      { startUs: 28, endUs: 40 },
    ]
    expect(increase(told(0, 1, 2, 4, 10, 11), spans)).toEqual({
      value: 2 + 8,
      interval: { low: 1 + 6, high: 4 + 9 },
      readings: 4,
    })
  })

  test('of a failed reading nothing is known', () => {
    const rows = [0, 10, 20].map((tUs) => ({ tUs, tookUs: 0, error: tUs === 10 ? 'HTTP 503' : null }))
    expect(counter(rows, ({ tUs }) => tUs)).toMatchObject([{ tUs: 0 }, { tUs: 20 }])
  })

  test('before the first reading nothing is known, after the last one all of it is', () => {
    expect(increase(told(5, 6), [{ startUs: -20, endUs: -10 }])).toBeNull()
    expect(increase(told(5, 6), [{ startUs: 20, endUs: 30 }])).toMatchObject({
      value: 0,
      interval: { low: 0, high: Number.POSITIVE_INFINITY },
      readings: 0,
    })
  })
})
