import { describe, expect, test } from 'vitest'
import type { PoolRow } from '../record/reader-rows.ts'
import { histogramQuantile } from './pool-acquires.ts'
import { poolsMax } from './pool-readings.ts'
import type { WaitRow } from './wait-histogram.ts'

const s = 1_000_000
const texts = { method: 'told', nobody: 'nobody asked', what: 'waits' }

/** A reading a second; each told so many waits within 0.1 s, within 1 s, and in all. */
function quantile(told: readonly (readonly [number, number, number])[], p: number, endS = told.length - 2) {
  const rows = told.map(([within100, within1000, count], at): WaitRow => {
    const wait = { count, sumS: 0, cumulative: [within100, within1000] }
    return { tUs: at * s, tookUs: 0, error: null, wait }
  })
  return histogramQuantile([0.1, 1], [{ rows, spans: [{ startUs: s, endUs: endS * s }] }], p, texts)
}
const calm = [0, 0, 0] as const

describe('a quantile of a histogram', () => {
  test('is the upper edge of its bucket, and lies within it', () => {
    expect(quantile([calm, calm, [0, 59, 59], [0, 59, 59]], 0.95)).toEqual({
      kind: 'value',
      value: 1_000,
      unit: 'ms',
      sampleCount: 59,
      method: 'told',
      interval: { low: 100, high: 1_000 },
    })
  })

  test('of one fewer than it needs is unknown, and of none', () => {
    expect(quantile([calm, calm, [0, 58, 58], [0, 58, 58]], 0.95)).toMatchObject({
      kind: 'none',
      reason: 'too_few_samples',
      why: '58 waits: p95 needs 59',
      sampleCount: 58,
    })
    expect(quantile([calm, calm, calm, calm], 0.95)).toMatchObject({ reason: 'no_samples', sampleCount: 0 })
    expect(histogramQuantile([0.1, 1], [{ rows: [], spans: [] }], 0.95, texts)).toMatchObject({ why: 'nobody asked' })
  })

  test('the maximum needs a single wait', () => {
    expect(quantile([calm, calm, [1, 1, 1], [1, 1, 1]], 1)).toMatchObject({
      value: 100,
      interval: { low: 0, high: 100 },
    })
  })

  test('above all bounds is at least the last one', () => {
    expect(quantile([calm, calm, [0, 0, 1], [0, 0, 1]], 1)).toMatchObject({ kind: 'atLeast', value: 1_000 })
  })

  test('what may belong to the stretch widens it either way', () => {
    // In the second before the stretch waits were short; in the one after it, long.
    expect(quantile([calm, [0, 59, 59], [0, 118, 118], [0, 118, 600]], 0.95, 2)).toMatchObject({
      value: 1_000,
      interval: { low: 100, high: 1_000 },
    })
    const around = (before: readonly [number, number, number], after: readonly [number, number, number]) =>
      histogramQuantile(
        [0.1, 1],
        [
          {
            rows: [calm, before, [before[0], before[1] + 59, before[2] + 59] as const, after].map(
              ([a, b, count], at) => ({
                ...{ tUs: at * s, tookUs: 0, error: null },
                wait: { count, sumS: 0, cumulative: [a, b] },
              }),
            ),
            spans: [{ startUs: 0.5 * s, endUs: 2.5 * s }],
          },
        ],
        0.95,
        texts,
      ).interval
    expect(around([0, 0, 0], [0, 59, 59])).toEqual({ low: 100, high: 1_000 })
    expect(around([0, 0, 0], [0, 59, 900])).toEqual({ low: 100, high: Number.POSITIVE_INFINITY })
    expect(around([0, 0, 0], [9_000, 9_059, 9_059])).toEqual({ low: 0, high: 1_000 })
  })

  test('a stretch with no reading after it has no upper end', () => {
    expect(quantile([calm, calm, [0, 59, 59]], 0.95, 9)?.interval).toEqual({ low: 100, high: Number.POSITIVE_INFINITY })
  })

  test('bounds that are none are none', () => {
    expect(histogramQuantile('0.1', [], 1, texts)).toMatchObject({ kind: 'none' })
  })
})

test('what several pools may open together is known where each has told it', () => {
  const pool = (...sizes: readonly (number | null)[]) => ({ rows: sizes.map((max) => ({ max }) as PoolRow) })
  expect(poolsMax([pool(10, 20, null), pool(5)])).toBe(25)
  expect(poolsMax([pool(10), pool(null), pool(7)])).toBeNull()
  expect(poolsMax([pool(null), pool(7)])).toBeNull()
  expect(poolsMax([pool(7), pool()])).toBeNull()
})
