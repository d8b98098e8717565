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
})
