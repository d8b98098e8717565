import { describe, expect, test } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import type { CallSeries, TimeBuckets } from '../domain/series.ts'
import { callSeriesOf } from './series-calls.ts'
import { callsOf, calmRun } from './testing/calm-run.ts'
import { type GeneratedCall, readGenerated } from './testing/generated-run.ts'

const s = 1_000_000
const buckets: TimeBuckets = { startUs: 0, bucketUs: 2 * s, count: 3 }

interface Told {
  readonly atUs: number
  readonly ms?: number
  readonly outcome?: Outcome
}

function seriesOf(told: readonly Told[], within = buckets): CallSeries {
  const calls = told.map(({ atUs, ms = 20, outcome = 'ok' }): GeneratedCall => {
    const endedUs = atUs + ms * 1_000
    const times = { intendedUs: atUs, readyUs: atUs, startedUs: atUs, endedUs }
    return { user: 0, tool: 0, ...times, outcome, error: null }
  })
  const table = readGenerated(calmRun({ calls })).calls?.table
  if (table === undefined) throw new Error('no calls')
  return callSeriesOf(table, within)
}

/** So many calls in the first bucket, of 1 ms, 2 ms and so on. */
const risingMs = (count: number): Told[] => Array.from({ length: count }, (_, at) => ({ atUs: at, ms: at + 1 }))

describe('calls over time', () => {
  test('lie in the bucket of their intended start; those beyond either end are not drawn', () => {
    const at = [-1, 0, 2 * s - 1, 2 * s, 6 * s - 1, 6 * s]
    expect(seriesOf(at.map((atUs) => ({ atUs }))).intended).toEqual([2, 1, 1])
    const later = { ...buckets, startUs: 2 * s }
    expect(
      seriesOf(
        at.map((atUs) => ({ atUs })),
        later,
      ).intended,
    ).toEqual([1, 1, 1])
  })

  test('are told by what became of them, of what there was alone', () => {
    const { byOutcome, heat } = seriesOf([
      { atUs: 0, outcome: 'timeout' },
      { atUs: 1, outcome: 'timeout' },
      { atUs: 4 * s, outcome: 'degraded' },
      { atUs: 4 * s + 1, outcome: 'tool_error' },
    ])
    expect(byOutcome).toEqual({ timeout: [2, 0, 0], degraded: [0, 0, 1], tool_error: [0, 0, 1] })
    expect(heat.failed).toEqual([2, 0, 1])
    expect(heat.calls).toEqual([[0, 0, 1]])
  })

  test('without any call there is nothing to draw', () => {
    const { byOutcome, intended, p50Ms, heat } = seriesOf([])
    expect({ byOutcome, intended, p50Ms }).toEqual({ byOutcome: {}, intended: [0, 0, 0], p50Ms: [null, null, null] })
    expect(heat).toEqual({ rowLowMs: [], calls: [], failed: [0, 0, 0] })
  })

  test.each([
    [4, [null, null, null]],
    [5, [3, null, null]],
    [58, [29, null, null]],
    [59, [30, 57, null]],
    [298, [149, 284, null]],
    [299, [150, 285, 297]],
  ])('of %d calls in a bucket, those percentiles are drawn that they can tell', (count, [p50, p95, p99]) => {
    const { p50Ms, p95Ms, p99Ms } = seriesOf(risingMs(count))
    expect([p50Ms, p95Ms, p99Ms]).toEqual([
      [p50, null, null],
      [p95, null, null],
      [p99, null, null],
    ])
  })

  test('a percentile is drawn to the µs, and as without an end where it fell among failures', () => {
    const exact = Array.from({ length: 5 }, (_, at) => ({ atUs: at, ms: 1.234 }))
    expect(seriesOf(exact).p50Ms[0]).toBe(1.234)
    expect(seriesOf(exact.map((one) => ({ ...one, outcome: 'transport' as const }))).p50Ms[0]).toBe(-1)
  })
})

describe('the heat map of calls', () => {
  const rowsOf = (...ms: readonly number[]): CallSeries['heat'] =>
    seriesOf(ms.map((one) => ({ atUs: 0, ms: one }))).heat

  test('has ten rows a decade, from that of the fastest call to that of the slowest', () => {
    const { rowLowMs, calls } = rowsOf(1, 10)
    expect(rowLowMs).toEqual([1, 1.259, 1.585, 1.995, 2.512, 3.162, 3.981, 5.012, 6.31, 7.943, 10])
    expect(calls.map(([first]) => first)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  })

  test.each([
    ['at the lower edge of a row', 10, 10],
    ['just below it', 9.999, 7.943],
    ['faster than the lowest row', 0.05, 0.1],
    ['in no time', 0, 0.1],
    ['at the edge of the lowest', 0.1, 0.1],
    ['in the second', 0.126, 0.1259],
  ])('a call %s is drawn there', (_why, ms, lowMs) => {
    expect(rowsOf(ms)).toMatchObject({ rowLowMs: [lowMs], calls: [[1, 0, 0]] })
  })

  test('in each bucket all rows and the failures together are all calls', () => {
    const latencyMs = (ms: number, index: number): number => 1 + ((ms + 37 * index) % 700)
    const outcome = (_ms: number, index: number): Outcome => (index % 7 === 0 ? 'http_error' : 'ok')
    const calls = callsOf({ users: 9, startMs: 0, endMs: 6_000, latencyMs, outcome })
    const table = readGenerated(calmRun({ calls })).calls?.table
    if (table === undefined) throw new Error('no calls')
    const { intended, heat } = callSeriesOf(table, buckets)
    const drawn = intended.map((_, at) => [...heat.calls, heat.failed].reduce((sum, row) => sum + (row[at] ?? 0), 0))
    expect(drawn).toEqual([18, 18, 18])
    expect(intended).toEqual(drawn)
  })
})
