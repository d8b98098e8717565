import { describe, expect, it } from 'vitest'
import type { WaitReading } from '../record/reader-rows.ts'
import { tellsWait, type WaitRow, waitQuantile, waitsOfAll } from './wait-histogram.ts'

const boundsS = [0.1, 1]

/** One a second: so many waits within 0.1 s, within 1 s, in all. */
function rowsOf(at: (s: number) => readonly [number, number, number]): WaitRow[] {
  return Array.from({ length: 60 }, (_, s) => {
    const [within100, within1000, count] = at(s)
    const wait: WaitReading = { count, sumS: 0, cumulative: [within100, within1000] }
    return { tUs: s * 1_000_000, tookUs: 1_000, error: null, wait }
  })
}

const whole = [{ startUs: 10_000_000, endUs: 50_000_000 }]

describe('the waits of a stretch', () => {
  it('are the difference of the counts at its ends', () => {
    const waits = waitsOfAll([{ rows: rowsOf((s) => [s * 8, s * 9, s * 10]), spans: whole }], boundsS)
    // From 11 s to 50 s inside, from 10 s to 51 s around it.
    expect(waits?.inner).toMatchObject({ counts: [39 * 8, 39, 39], total: 390 })
    expect(waits?.outer).toMatchObject({ counts: [41 * 8, 41, 41], total: 410 })
  })

  it('of a process that began anew are those of both, though the new count has caught up', () => {
    // 10 a second, 3 of them over 1 s; from 31 s on another process, which counts 100 short ones a second.
    const rows = rowsOf((s) => (s < 31 ? [s * 7, s * 7, s * 10] : [(s - 30) * 100, (s - 30) * 100, (s - 30) * 100]))
    const waits = waitsOfAll([{ rows, spans: whole }], boundsS)
    expect(waits?.inner).toMatchObject({ counts: [19 * 7 + 2_000, 0, 19 * 3], total: 2_190 })
    // What the first counted after its last reading is not known.
    expect(waits?.outer).toBeNull()
    expect(waits === null ? null : waitQuantile(waits.inner, 1)).toEqual({ low: 1, high: Number.POSITIVE_INFINITY })
  })

  it('a reading with fewer counts than bounds is none', () => {
    const rows = rowsOf((s) => [s * 8, s * 9, s * 10])
    const odd = rows.map((row, s) => (s === 30 ? { ...row, wait: { count: 1, sumS: 0, cumulative: [1] } } : row))
    expect(waitsOfAll([{ rows: odd, spans: whole }], boundsS)).toEqual(waitsOfAll([{ rows, spans: whole }], boundsS))
  })

  it('a count that fell up to a bound alone is of another process, too', () => {
    const rows = rowsOf((s) => (s < 31 ? [s, s * 10, s * 10] : [s * 10, s * 2, s * 20]))
    expect(waitsOfAll([{ rows, spans: whole }], boundsS)?.outer).toBeNull()
  })

  it('of a process that counts by other bounds are told by those that both have', () => {
    // Up to 30 s by 0.1 s and 1 s, one wait each; then another that counts by 0.1 s, 0.5 s and 1 s.
    const rows = rowsOf((s) => [s, s * 2, s * 3]).map((row, s): WaitRow => {
      if (s < 31) return row
      const wait = { count: s * 9, sumS: 0, cumulative: [s * 4, s * 5, s * 7] }
      return s === 31 ? { ...row, wait, waitBoundsS: [0.1, 0.5, 1, Number.POSITIVE_INFINITY] } : { ...row, wait }
    })
    const waits = waitsOfAll([{ rows, spans: [{ startUs: 40_000_000, endUs: 50_000_000 }] }], boundsS)
    expect(waits).toMatchObject({
      inner: { upperBoundsS: boundsS, counts: [9 * 4, 9 * 3, 9 * 2], total: 81 },
      outer: { counts: [11 * 4, 11 * 3, 11 * 2], total: 99 },
    })
  })

  it('of a process that began anew with fewer bounds after a single wait are those of both', () => {
    const bucketed = (s: number, wait: WaitReading, waitBoundsS?: readonly number[]): WaitRow => ({
      ...{ tUs: s * 1_000_000, tookUs: 1_000, error: null, wait },
      ...(waitBoundsS === undefined ? {} : { waitBoundsS }),
    })
    const rows = [
      bucketed(9, { count: 1, sumS: 0, cumulative: [0, 1] }, [0.1, Number.POSITIVE_INFINITY]),
      bucketed(20, { count: 7, sumS: 0, cumulative: [3, 4, 7] }, [0.1, 1, Number.POSITIVE_INFINITY]),
      bucketed(60, { count: 8, sumS: 0, cumulative: [3, 4, 8] }),
    ]
    expect(waitsOfAll([{ rows, spans: whole }], boundsS)).toMatchObject({ inner: { total: 0 }, outer: null })
  })

  it('from readings begun at its start and ended at its end, of several spans added up', () => {
    const rows = rowsOf((s) => [s, s, s])
    const span = (startUs: number, endUs: number) => ({ startUs, endUs })
    const total = (spans: readonly { startUs: number; endUs: number }[]) => {
      const waits = waitsOfAll([{ rows, spans }], boundsS)
      return [waits?.inner.total, waits?.outer?.total]
    }
    // A reading takes 1 ms: the one told at 10 s was begun 1 ms before.
    expect(total([span(9_999_000, 20_000_000)])).toEqual([10, 12])
    expect(total([span(9_999_001, 20_000_000)])).toEqual([9, 12])
    expect(total([span(9_999_000, 19_999_999)])).toEqual([9, 12])
    expect(total([span(10_000_000, 20_000_000)])).toEqual([9, 11])
    expect(total([span(10_000_000, 19_999_000)])).toEqual([8, 10])
    expect(total([span(9_999_000, 20_000_000), span(30_000_000, 40_000_000)])).toEqual([19, 23])
  })

  it('begin with the first reading, and end with it', () => {
    const rows = rowsOf((s) => [s + 5, s + 5, s + 5])
    const total = (startUs: number, endUs: number) =>
      waitsOfAll([{ rows, spans: [{ startUs, endUs }] }], boundsS)?.inner.total
    expect(total(-1_000, 20_000_000)).toBe(20)
    expect(waitsOfAll([{ rows, spans: [{ startUs: -3_000, endUs: -1_000 }] }], boundsS)?.outer).toBeNull()
    expect(total(70_000_000, 80_000_000)).toBe(0)
  })

  it('of a count that stood still are none, and it is still the same process', () => {
    const still = rowsOf((s) => (s < 20 ? [s, s, s] : [20, 20, 20 + (s > 40 ? 1 : 0)]))
    const waits = waitsOfAll([{ rows: still, spans: whole }], boundsS)
    expect(waits?.outer).toMatchObject({ counts: [10, 0, 1], total: 11 })
  })

  it('without a reading of a row are those of the row before', () => {
    const rows = rowsOf((s) => [s, s, s]).map((row, s) => (s > 30 && s < 40 ? { ...row, wait: null } : row))
    expect(waitsOfAll([{ rows, spans: [{ startUs: 20_000_000, endUs: 35_000_000 }] }], boundsS)).toMatchObject({
      inner: { total: 9 },
      outer: { total: 10 },
    })
  })

  it('are open without a reading before or after it, and none without any', () => {
    const rows = rowsOf((s) => [s, s, s])
    const outerOf = (startUs: number, endUs: number) =>
      waitsOfAll([{ rows, spans: [{ startUs, endUs }] }], boundsS)?.outer ?? null
    expect(outerOf(-1, 10_000_000)).toBeNull()
    expect(outerOf(0, 10_000_000)?.total).toBe(11)
    expect(outerOf(50_000_000, 58_999_000)?.total).toBe(9)
    expect(outerOf(50_000_000, 58_999_001)).toBeNull()
    expect(waitsOfAll([{ rows: [], spans: whole }], boundsS)).toBeNull()
    expect(waitsOfAll([{ rows: rows.map((row) => ({ ...row, error: 'HTTP 503' })), spans: whole }], boundsS)).toBeNull()
  })

  it('of several are those of all together, open as soon as those of one are', () => {
    const rows = rowsOf((s) => [s * 8, s * 9, s * 10])
    const both = waitsOfAll(
      [
        { rows, spans: whole },
        { rows, spans: whole },
      ],
      boundsS,
    )
    expect(both?.inner).toMatchObject({ counts: [2 * 39 * 8, 2 * 39, 2 * 39], total: 780 })
    expect(both?.outer?.total).toBe(820)
    const anew = rowsOf((s) => (s < 31 ? [s, s, s] : [0, 0, 0]))
    for (const first of [rows, anew]) {
      const parts = [first, first === rows ? anew : rows].map((own) => ({ rows: own, spans: whole }))
      expect(waitsOfAll(parts, boundsS)?.outer).toBeNull()
    }
  })
})

it('a row tells of waits where it has a reading', () => {
  const [row] = rowsOf((s) => [s, s, s])
  if (row === undefined) throw new Error('no row')
  expect([tellsWait(row), tellsWait({ ...row, wait: null })]).toEqual([true, false])
})

describe('the bucket of a quantile', () => {
  const bucket = (counts: readonly number[], p: number) =>
    waitQuantile({ upperBoundsS: boundsS, counts, total: counts.reduce((sum, count) => sum + count, 0) }, p)

  it.each([
    ['the first begins at 0', [10, 0, 0], 0.95, { low: 0, high: 0.1 }],
    ['the 19th of 20 waits is the p95: still in the first', [19, 1, 0], 0.95, { low: 0, high: 0.1 }],
    ['the 19th is in the second', [18, 2, 0], 0.95, { low: 0.1, high: 1 }],
    ['a single wait is its own quantile', [0, 1, 0], 0.5, { low: 0.1, high: 1 }],
    ['the maximum is the last wait', [19, 1, 0], 1, { low: 0.1, high: 1 }],
    ['above all bounds there is no upper one', [1, 0, 9], 0.5, { low: 1, high: Number.POSITIVE_INFINITY }],
    ['without a wait there is none', [0, 0, 0], 0.95, null],
  ])('%s', (_why, counts, p, expected) => {
    expect(bucket(counts, p)).toEqual(expected)
  })
})
