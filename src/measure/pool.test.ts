import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { gauge } from './samples.ts'
import { peakWithin, secondMarks } from './second-marks.ts'
import { calmRun, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedPoolRow, readGenerated } from './testing/generated-run.ts'
import { mutePoolRow } from './testing/mute-pool-row.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const plan = planOf({ faults: [faultOf()] })

function poolMeasure(id: string, windowId: string, pool: readonly GeneratedPoolRow[]): Measured {
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), pool })))
  const spec = measureById(id)
  const window = view.window(windowId)
  if (spec === null || window === null) throw new Error(`${id} ${windowId}`)
  return measure(view, spec, { window })
}

/** A process that started 10 s before t0 and keeps a mark a second, as of every 250 ms. */
function withMarks(used: (ms: number) => number): GeneratedPoolRow[] {
  return poolOf({
    used,
    sample: (row) => ({ ...row, uptimeS: (row.tUs - 1_500) / 1e6 + 10, usedHigh: marksAt(row.tUs - 1_500, used) }),
  })
}

/** The marks of the running second and the one before, from 1 ms steps of the truth. */
function marksAt(atUs: number, used: (ms: number) => number): readonly (readonly [number, number])[] {
  const second = Math.floor(atUs / 1e6)
  const peak = (from: number, toMs: number): number => {
    let most = 0
    for (let ms = from * 1000; ms <= toMs; ms++) most = Math.max(most, used(ms))
    return most
  }
  return [
    [second + 9, peak(second - 1, second * 1000 - 1)],
    [second + 10, peak(second, atUs / 1000)],
  ]
}

describe('the peak of the pool', () => {
  /** 20 in use, and for 30 ms between two samples 90. */
  const spike = (ms: number): number => (ms > 45_100 && ms < 45_130 ? 90 : 20)

  test('is exact where the system keeps high-water marks: no sample saw the spike', () => {
    expect(poolMeasure('pool.used.peak_ratio', 'steady', withMarks(spike))).toMatchObject({
      kind: 'value',
      value: 0.9,
      interval: { low: 0.9, high: 0.9 },
      method: "the system's high-water marks",
    })
  })

  test('of another window has nothing of it', () => {
    expect(poolMeasure('pool.used.peak_ratio', 'slow', withMarks(spike))).toMatchObject({
      value: 0.2,
      interval: { high: 0.2 },
    })
  })

  test('a fault’s own peak does not reach back into the clear time before it', () => {
    const jump = (ms: number): number => (ms >= 20_100 && ms < 40_000 ? 95 : 20)
    const measured = poolMeasure('pool.used.peak_ratio', 'steady.clear', withMarks(jump))
    expect(measured).toMatchObject({ value: 0.2 })
    expect(measured.interval?.high).toBeLessThan(0.951)
  })

  test('is sampled without them: up to the largest rise between neighbours', () => {
    const stairs = (ms: number): number => (ms < 30_000 ? 20 : ms < 40_000 ? 30 : 70)
    expect(poolMeasure('pool.used.peak_ratio', 'steady', poolOf({ used: stairs }))).toMatchObject({
      value: 0.7,
      interval: { low: 0.7, high: 1.1 },
    })
  })

  test('always lies within its interval when marks cover the span', () => {
    const levels = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 100, maxLength: 100 })
    const edge = fc.integer({ min: 1_000, max: 8_000 })
    fc.assert(
      fc.property(levels, edge, edge, (heights, a, b) => {
        fc.pre(Math.abs(a - b) > 300)
        const used = (ms: number): number => heights[Math.floor(ms / 100)] ?? 0
        const rows: PoolRow[] = withMarks(used)
          .filter((row) => row.tUs > 0 && row.tUs < 11_000_000)
          .map((row) => ({
            ...mutePoolRow,
            ...row,
            wait: null,
            usedHigh: row.usedHigh ?? null,
            used: row.used ?? null,
          }))
        const span = { startUs: Math.min(a, b) * 1000, endUs: Math.max(a, b) * 1000 }
        const peak = peakWithin(
          secondMarks(rows, 'usedHigh'),
          gauge(rows, (row) => row.used),
          span,
        )
        let truth = 0
        for (let ms = span.startUs / 1000; ms < span.endUs / 1000; ms++) truth = Math.max(truth, used(ms))
        // Edges are sampled, so a spike within a partial second may lie above; whole seconds are never missed.
        expect(peak?.low).toBeLessThanOrEqual(truth)
        let whole = 0
        const from = Math.ceil(span.startUs / 1e6) * 1000
        for (
          let ms = from + 1000 * Number(span.startUs % 1e6 === 0);
          ms < Math.floor(span.endUs / 1e6 - 1e-3) * 1000;
          ms++
        )
          whole = Math.max(whole, used(ms))
        expect(peak?.high).toBeGreaterThanOrEqual(whole)
      }),
      { numRuns: 100 },
    )
  })

  test('marks are mapped by the closest bracket of all readings, and begin anew with the process', () => {
    const reading = (tUs: number, tookUs: number, uptimeS: number, mark: readonly [number, number]): PoolRow => ({
      ...mutePoolRow,
      tUs,
      tookUs,
      uptimeS,
      usedHigh: [mark],
    })
    const rows = [
      reading(5_000_000, 400_000, 14.8, [13, 7]),
      reading(6_010_000, 20_000, 16, [14, 9]),
      reading(9_000_000, 10_000, 1.5, [0, 3]),
      reading(9_500_000, 10_000, 2, [1, 4]),
    ]
    // Uptime + offset = run time: the first life's offset lies in [-10.2, -9.8] and [-10.01, -9.99] s.
    expect(secondMarks(rows, 'usedHigh')).toEqual([
      { startUs: 3_000_000, slackUs: 10_000, peak: 7 },
      { startUs: 4_000_000, slackUs: 10_000, peak: 9 },
      { startUs: 7_495_000, slackUs: 5_000, peak: 3 },
      { startUs: 8_495_000, slackUs: 5_000, peak: 4 },
    ])
  })

  test('a mark that no reading came for while the system still kept it is not final', () => {
    const rows = [
      { ...mutePoolRow, tUs: 5_500_000, uptimeS: 5.5, usedHigh: [[5, 8]] as const },
      { ...mutePoolRow, tUs: 20_000_000, uptimeS: 20, usedHigh: [[20, 3]] as const },
    ]
    expect(secondMarks(rows, 'usedHigh')).toEqual([])
  })
})

describe('waiting for the pool', () => {
  const s = (row: GeneratedPoolRow): number => row.tUs / 1e6
  const clamp = (value: number, high: number): number => Math.min(Math.max(0, value), high)
  /** From 22 s to 28 s the pool is full and callers wait; the counters tell so. */
  const full = (changes: (row: GeneratedPoolRow) => Partial<GeneratedPoolRow> = () => ({})) =>
    poolOf({
      max: 30,
      used: (ms) => (ms >= 22_000 && ms < 28_000 ? 30 : 12),
      pending: (ms) => (ms >= 22_000 && ms < 28_000 ? 40 : 0),
      sample: (row) => ({ ...row, ...changes(row) }),
    })
  const counted = (row: GeneratedPoolRow) => {
    const saturatedS = clamp(s(row) - 22, 6)
    return { saturatedS, saturatedLongestS: saturatedS }
  }
  /** 100 acquires a second: 94 at once, 4 within 0.5 s, 2 of which `slowest` is the bucket. */
  const waits = (slowest: number) => (row: GeneratedPoolRow) => {
    const n = Math.max(0, Math.round(s(row) * 100))
    const cumulative = [0.94, 0.94, 0.98, 0.98, 0.98, 0.98].map((share, at) =>
      at >= slowest ? n : Math.round(share * n),
    )
    return { wait: [n, n / 100, cumulative] as const }
  }

  test.each([
    ['saturated, by gauges', 'pool.saturated_time.longest', 'slow', full(), 5_750, { low: 5_750, high: 6_250 }],
    [
      'saturated, by counters',
      'pool.saturated_time.longest',
      'slow',
      full(counted),
      6_000,
      { low: 6_000, high: 6_000 },
    ],
    [
      'not in a later window, though the longest so far stays',
      'pool.saturated_time.longest',
      'slow.recovery',
      full(counted),
      0,
      { low: 0, high: 0 },
    ],
    ['crowded for 6 s', 'pool.time_above', 'slow', full(), 6_000, { low: 5_750, high: 6_250 }],
    ['p95 in the bucket to 0.5 s', 'pool.acquire_wait.p95', 'steady', full(waits(4)), 500, { low: 50, high: 500 }],
    [
      'the longest in the bucket to 5 s',
      'pool.acquire_wait.max',
      'steady',
      full(waits(4)),
      5_000,
      { low: 1_000, high: 5_000 },
    ],
    [
      'two gave up',
      'pool.acquire_timeouts',
      'slow',
      full((row) => ({ timeouts: s(row) > 25 ? 2 : 0 })),
      2,
      { low: 2, high: 2 },
    ],
    ['no leak', 'pool.leaked', 'run', poolOf({ used: (ms) => (ms < 60_000 ? 12 : 0) }), 0, { low: 0, high: 0 }],
    [
      'three never given back',
      'pool.leaked',
      'run',
      poolOf({ used: (ms) => (ms < 61_000 ? 12 : 3) }),
      3,
      { low: 3, high: 3 },
    ],
    [
      'drained 1.8 s after the heal',
      'pool.drain_time',
      'slow',
      poolOf({ used: () => 12, pending: (ms) => (ms < 31_900 ? 5 : 0) }),
      1_803,
      { low: 1_553, high: 1_803 },
    ],
  ] as const)('%s', (_why, id, windowId, pool, value, interval) => {
    const measured = poolMeasure(id, windowId, pool)
    expect(measured.kind).toBe('value')
    expect(Number(measured.value)).toBeCloseTo(value, 3)
    expect(measured.interval?.low).toBeCloseTo(interval.low, 3)
    expect(measured.interval?.high).toBeCloseTo(interval.high, 3)
  })

  test('a wait above all buckets is at least the last bound', () => {
    expect(poolMeasure('pool.acquire_wait.max', 'steady', full(waits(6)))).toMatchObject({
      kind: 'atLeast',
      value: 30_000,
    })
  })

  test('never drained is at least the time one could look', () => {
    expect(poolMeasure('pool.drain_time', 'slow', poolOf({ used: () => 90 }))).toMatchObject({
      kind: 'atLeast',
      value: 29_800,
    })
  })

  test.each([
    ['full for 6 s with callers waiting', full(), true],
    ['full for 6 s, nobody waiting', full((row) => ({ pending: row.pending === null ? null : 0 })), false],
    ['calm', poolOf({ used: () => 12 }), false],
    [
      'an acquire timeout is enough',
      poolOf({ used: () => 12, sample: (row) => ({ ...row, timeouts: s(row) > 25 ? 1 : 0 }) }),
      true,
    ],
    [
      'a wait p95 over 1 s is enough',
      poolOf({
        used: () => 12,
        sample: (row) => ({
          ...row,
          wait: [
            Math.max(0, Math.round(s(row) * 100)),
            1,
            [0, 0, 0, 0, Math.max(0, Math.round(s(row) * 100)), Math.max(0, Math.round(s(row) * 100))],
          ],
        }),
      }),
      true,
    ],
  ])('exhausted? %s', (_why, pool, value) => {
    expect(poolMeasure('pool.exhausted', 'slow', pool)).toMatchObject({ kind: 'value', value })
  })

  test.each([
    ['a few waits, all short, are no exhaustion', [30, 30, 30, 30, 30, 30], { kind: 'value', value: false }],
    ['a few waits of which one was long cannot be told', [29, 29, 29, 29, 30, 30], { kind: 'none' }],
  ])('%s', (_why, buckets, expected) => {
    const waits = (share: number) => buckets.map((count) => Math.round(count * share))
    const pool = poolOf({
      used: () => 12,
      sample: (row) => {
        const share = Math.min(1, Math.max(0, (s(row) - 21) / 5))
        return { ...row, wait: [Math.round(30 * share), 1, waits(share)] }
      },
    })
    expect(poolMeasure('pool.exhausted', 'slow', pool)).toMatchObject(expected)
  })

  test('saturated for about 2 s by gauges cannot be told', () => {
    const pool = poolOf({
      max: 30,
      used: (ms) => (ms >= 22_000 && ms < 24_000 ? 30 : 12),
      pending: (ms) => (ms >= 22_000 && ms < 24_000 ? 4 : 0),
    })
    expect(poolMeasure('pool.exhausted', 'slow', pool)).toMatchObject({
      kind: 'none',
      reason: 'interval_crosses_bound',
    })
  })
})
