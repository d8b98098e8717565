import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from './testing/plan-of.ts'

const plan = planOf({ faults: [faultOf()] })

/** The fault `slow` is requested at 20 s, and its end is seen at 30.2 s. Samples come at 3 ms after each quarter second. */
function poolMeasure(id: string, windowId: string, changes: Partial<GeneratedRun>): Measured {
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ...changes })))
  const spec = measureById(id)
  const window = view.window(windowId)
  if (spec === null || window === null) throw new Error(`${id} ${windowId}`)
  return measure(view, spec, { window })
}

/** Answers, but tells nothing of these seconds. */
const mute = (fromMs: number, toMs: number) =>
  poolOf({
    used: () => 90,
    sample: (row) => (row.tUs >= fromMs * 1000 && row.tUs < toMs * 1000 ? { ...row, used: null } : row),
  })

test.each([
  ['pool.used.peak_ratio', 'steady'],
  ['pool.time_above', 'steady'],
  ['pool.leaked', 'run'],
])('%s of a pool that answers without a word on its use is unknown', (id, windowId) => {
  expect(poolMeasure(id, windowId, { pool: mute(4_000, 70_000) })).toMatchObject({
    kind: 'none',
    reason: 'no_samples',
    sampleCount: 0,
  })
})

describe('the peak', () => {
  test('of a pool of size 0 is unknown', () => {
    expect(poolMeasure('pool.used.peak_ratio', 'steady', { pool: poolOf({ used: () => 0, max: 0 }) })).toMatchObject({
      kind: 'none',
      reason: 'no_samples',
      sampleCount: 0,
    })
  })

  test('of a pool of one connection, in use, is 1', () => {
    expect(poolMeasure('pool.used.peak_ratio', 'steady', { pool: poolOf({ used: () => 1, max: 1 }) })).toMatchObject({
      value: 1,
    })
  })

  test('of a window of two pieces is that of the higher one, by marks and samples', () => {
    // Second n of the process is second n - 10 of the run; the marks end with the first piece.
    const pool = poolOf({
      used: (ms) => (ms < 20_000 ? 50 : 20),
      sample: (row) => {
        const uptimeS = row.tUs / 1e6 + 10
        const last = Math.floor(uptimeS) - 1
        return { ...row, uptimeS, usedHigh: row.tUs < 22e6 ? [[last, row.tUs < 20e6 ? 55 : 20]] : null }
      },
    })
    const measured = poolMeasure('pool.used.peak_ratio', 'steady.clear', { pool })
    expect(measured).toMatchObject({ value: 0.55, method: expect.stringContaining('samples where they are missing') })
    expect(measured.interval?.low).toBe(0.55)
    expect(measured.interval?.high).toBeGreaterThanOrEqual(0.55)
  })

  test('by a single mark is still by marks', () => {
    const pool = poolOf({
      used: () => 20,
      sample: (row) => ({
        ...row,
        uptimeS: row.tUs / 1e6 + 10,
        usedHigh: row.tUs > 46e6 && row.tUs < 46.2e6 ? [[55, 90]] : null,
      }),
    })
    expect(poolMeasure('pool.used.peak_ratio', 'steady', { pool })).toMatchObject({ value: 0.9 })
  })
})

describe('time above 85 %', () => {
  test('at 85 % it is not above', () => {
    expect(poolMeasure('pool.time_above', 'slow', { pool: poolOf({ used: () => 85 }) })).toMatchObject({
      value: 0,
      interval: { low: 0, high: 0 },
      sampleCount: 41,
    })
  })

  test('over pieces adds up', () => {
    // Clear are 5 to 20 s and 40 to 60 s.
    const measured = poolMeasure('pool.time_above', 'steady.clear', { pool: poolOf({ used: () => 86 }) })
    expect(measured.value).toBeGreaterThan(29_000)
    expect(measured.sampleCount).toBe((Number(measured.value) / 1000) * 4)
  })

  test.each([
    ['a sample that does not tell the use is as good as none', { used: null }, 10_200],
    ['a sample that does not tell the size is as good as none', { max: null }, 10_200],
    ['a pool of size 0 is not above', { max: 0 }, 10_200],
  ])('%s', (_why, changes, value) => {
    const pool = poolOf({
      used: () => 90,
      sample: (row) => (row.tUs === 25_003_000 ? { ...row, ...changes } : row),
    })
    expect(poolMeasure('pool.time_above', 'slow', { pool })).toMatchObject({ value, sampleCount: 40 })
  })

  test('a pool of one connection is above while it is in use', () => {
    expect(poolMeasure('pool.time_above', 'slow', { pool: poolOf({ used: () => 1, max: 1 }) })).toMatchObject({
      value: 10_200,
    })
  })

  test('of a single sample is none, as nobody knows from when to when', () => {
    const pool = poolOf({ used: () => 90, sample: (row) => (row.tUs === 25_003_000 ? row : { ...row, used: null }) })
    expect(poolMeasure('pool.time_above', 'slow', { pool }).kind).toBe('none')
  })

  test.each([
    ['from a sample above to one below it', 25_250, 25_500, 250, { low: 0, high: 500 }],
    ['over two samples above', 25_250, 25_750, 500, { low: 250, high: 750 }],
    ['until just before the window alone, up to its first sample', 10_000, 20_000, 3, { low: 0, high: 3 }],
  ])('%s', (_why, fromMs, toMs, value, interval) => {
    const pool = poolOf({ used: (ms) => (ms >= fromMs && ms < toMs ? 90 : 12) })
    expect(poolMeasure('pool.time_above', 'slow', { pool })).toMatchObject({ value, interval })
  })

  test('counts from the first sample to the last where the sampler began late and ended early', () => {
    const pool = poolOf({ used: () => 90, fromMs: 5_500, toMs: 59_600 })
    const measured = poolMeasure('pool.time_above', 'steady', { pool })
    expect(measured).toMatchObject({ value: 54_000, interval: { low: 54_000, high: 54_000 } })
  })
})

describe('leaked connections', () => {
  const leaking = poolOf({ used: (ms) => (ms < 60_000 ? 12 : 3) })
  /** The load's last generator is done at 60.1 s. */
  const ending = (tUs: number, reason: string, hasLoadEnd = true): Partial<GeneratedRun> => ({
    pool: leaking,
    timeline: [
      ...timelineOf(plan).filter(([at, kind]) => at < tUs && (hasLoadEnd || kind !== 'load')),
      [tUs, 'end', null, { reason }],
    ],
  })

  test.each([
    ['a full rest', ending(67_000_000, 'planned'), { kind: 'value', value: 3, sampleCount: 8 }],
    ['half of a rest', ending(61_100_000, 'planned'), { kind: 'value', value: 3, sampleCount: 4 }],
    ['less than half', ending(60_900_000, 'planned'), { kind: 'none', reason: 'window_missing' }],
    ['a load that never ended', ending(67_000_000, 'planned', false), { kind: 'none', reason: 'window_missing' }],
    ['interrupted in the rest', ending(67_000_000, 'interrupted'), { kind: 'none', reason: 'interrupted' }],
  ])('%s', (_why, changes, expected) => {
    expect(poolMeasure('pool.leaked', 'run', changes)).toMatchObject(expected)
  })
})

describe('time to drain', () => {
  test('is not there where the next fault came as this one was over', () => {
    const next = faultOf({ id: 'next', startMs: 30_200, forMs: 5_000 })
    const both = planOf({ faults: [faultOf(), next], objectives: launchObjectives })
    const changes = { plan: both, timeline: timelineOf(both) }
    expect(poolMeasure('pool.drain_time', 'slow', changes)).toMatchObject({
      kind: 'none',
      reason: 'no_samples',
      why: expect.stringContaining('no time left after the fault slow'),
    })
  })

  test.each([
    ['85 % of the pool in use is drained', poolOf({ used: () => 85 }), { kind: 'value', value: 53 }],
    ['by the first sample', poolOf({ used: () => 12 }), { kind: 'value', value: 53, interval: { low: 0, high: 53 } }],
    [
      'what was drained before the heal does not count',
      poolOf({ used: (ms) => (ms >= 30_000 && ms < 33_000 ? 90 : 12) }),
      { kind: 'value', value: 2_803, interval: { low: 2_553, high: 2_803 } },
    ],
    [
      'a sample that failed says nothing',
      poolOf({ used: () => 12, sample: (row) => (row.tUs === 30_253_000 ? { ...row, error: 'HTTP 503' } : row) }),
      { kind: 'value', value: 303 },
    ],
    [
      'the first sample at the very heal',
      poolOf({ used: () => 12, sample: (row) => ({ ...row, tUs: row.tUs + 197_000 }) }),
      { kind: 'value', value: 0, interval: { low: 0, high: 0 } },
    ],
    [
      'drained at the very end of the load is not drained within it',
      poolOf({
        used: (ms) => (ms < 59_750 ? 90 : 12),
        sample: (row) => ({ ...row, tUs: row.tUs + 197_000 + (row.tUs === 59_753_000 ? 50_000 : 0) }),
      }),
      { kind: 'atLeast', value: 29_800 },
    ],
    [
      'a sample at the very heal counts, one at the very end does not',
      poolOf({ used: () => 90, sample: (row) => ({ ...row, tUs: row.tUs + 197_000 }) }),
      { kind: 'atLeast', value: 29_800, sampleCount: 120 },
    ],
  ])('%s', (_why, pool, expected) => {
    expect(poolMeasure('pool.drain_time', 'slow', { pool })).toMatchObject(expected)
  })
})
