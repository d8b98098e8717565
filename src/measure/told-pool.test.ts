import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { exactly } from './measured.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, type PoolShape, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedPoolRow, readGenerated } from './testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from './testing/plan-of.ts'
import { tellsUsed, whereTold } from './told-pool.ts'

const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })

function viewOf(pool: readonly GeneratedPoolRow[], callsFromMs = 0): RunView {
  const calls = callsOf({ users: 50, startMs: callsFromMs, endMs: 60_000, latencyMs: () => 20 })
  return new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), pool, calls })))
}

function ask(id: string, windowId: string, pool: readonly GeneratedPoolRow[], callsFromMs = 0): Measured {
  const view = viewOf(pool, callsFromMs)
  const spec = measureById(id)
  const window = view.window(windowId)
  if (spec === null || window === null) throw new Error(`${id} ${windowId}`)
  return measure(view, spec, { window })
}

/** Answers all the time, and tells of a column only where `tells` says so. */
const telling = (
  column: 'used' | 'max' | 'pending',
  tells: (s: number) => boolean,
  used: PoolShape['used'] = () => 3,
) => poolOf({ used, sample: (row) => (tells(row.tUs / 1e6) ? row : { ...row, [column]: null }) })

describe('a page that answers without a gauge is no sample of it', () => {
  test.each([
    ['only once, at the end', 'pool.used.peak_ratio', 'steady', telling('used', (s) => s > 59.5 && s < 59.7)],
    ['not for 3 s', 'pool.used.peak_ratio', 'steady', telling('used', (s) => s < 40 || s > 43)],
    ['its use not for 3 s', 'pool.time_above', 'steady', telling('used', (s) => s < 40 || s > 43)],
    ['its size not for 3 s', 'pool.time_above', 'steady', telling('max', (s) => s < 40 || s > 43)],
    ['who waits not for 3 s', 'pool.saturated_time.longest', 'steady', telling('pending', (s) => s < 40 || s > 43)],
    ['who waits not for 3 s after the heal', 'pool.drain_time', 'slow', telling('pending', (s) => s < 40 || s > 43)],
    ['its use not for 3 s, but its size', 'pool.drain_time', 'slow', telling('used', (s) => s < 40 || s > 43)],
    [
      'for 3 s nothing but its age',
      'pool.used.peak_ratio',
      'steady',
      telling('used', (s) => s < 40 || s > 43).map((row) => ({ ...row, uptimeS: row.tUs / 1e6 + 10 })),
    ],
    ['in one of two spans alone', 'pool.used.peak_ratio', 'steady.clear', telling('used', (s) => s > 40)],
    [
      'only at the begin of the rest',
      'pool.leaked',
      'run',
      telling(
        'used',
        (s) => s < 60.3,
        () => 0,
      ),
    ],
  ])('told %s: %s in %s is unknown', (_when, id, windowId, pool) => {
    expect(ask(id, windowId, pool)).toMatchObject({ kind: 'none', reason: 'sampler_silent', sampleCount: 0 })
  })

  test('says which gauge was missing, and when', () => {
    const measured = ask(
      'pool.used.peak_ratio',
      'steady',
      telling('used', (s) => s < 40 || s > 43),
    )
    expect(measured).toMatchObject({
      why: 'the pool sampler had no answer for 3.3 s from 39.8 s on, of those that tell used',
    })
  })

  test('exhaustion cannot be told without who waits', () => {
    const pool = telling('pending', (s) => s < 40 || s > 43)
    expect(ask('pool.exhausted', 'steady', pool)).toMatchObject({ kind: 'none', sampleCount: 0 })
  })

  test('a pool that fell silent on its use in the rest may have leaked', () => {
    const pool = telling(
      'used',
      (s) => s < 61.3,
      (ms) => (ms < 60_000 ? 12 : 0),
    )
    expect(ask('pool.leaked', 'run', pool)).toMatchObject({ kind: 'none', reason: 'no_samples' })
  })

  test('nobody has settled while it cannot be told who waits', () => {
    const pool = telling('pending', (s) => s < 30 || s > 36)
    const settling = viewOf(pool).settlings.get('slow')
    expect(settling).toMatchObject({ blindFromUs: 31_000_000 })
    expect(settling?.settledUs).toBeGreaterThanOrEqual(35_000_000)
  })

  test.each([
    ['for 1.5 s, as any sample may be', telling('used', (s) => s < 40 || s > 41.5), 0],
    ['before the first call, from which on it is there', telling('used', (s) => s > 15.5), 15_000],
  ])('missing %s, it is told', (_when, pool, callsFromMs) => {
    expect(ask('pool.used.peak_ratio', 'steady', pool, callsFromMs)).toMatchObject({ kind: 'value', value: 0.03 })
  })

  test('missing in a span that ends as the first call is sent, it is told by the other', () => {
    const spans = [
      { startUs: 5_000_000, endUs: 20_000_000 },
      { startUs: 40_000_000, endUs: 60_000_000 },
    ]
    const reasonOf = (callsFromMs: number) => {
      const view = viewOf(
        telling('used', (s) => s > 39),
        callsFromMs,
      )
      const part = { instance: null, server: null, rows: view.poolRows, spans, down: [] }
      const told = whereTold(view, tellsUsed, 'count', () => exactly(1, 'count', 1, 'told'))(part)
      return told.kind === 'none' ? told.reason : told.kind
    }
    expect([reasonOf(20_000), reasonOf(15_000)]).toEqual(['value', 'sampler_silent'])
  })

  test('but not where it came long after the first call', () => {
    expect(
      ask(
        'pool.used.peak_ratio',
        'steady',
        telling('used', (s) => s > 15.5),
        10_000,
      ).kind,
    ).toBe('none')
  })

  test('where high-water marks tell the use, samples need not', () => {
    const pool = poolOf({
      used: () => 3,
      sample: (row) => {
        const uptimeS = row.tUs / 1e6 + 10
        return { ...row, used: row.tUs < 0 ? 3 : null, uptimeS, usedHigh: [[Math.floor(uptimeS) - 1, 20]] }
      },
    })
    expect(ask('pool.used.peak_ratio', 'steady', pool)).toMatchObject({ kind: 'value', value: 0.2 })
  })
})

describe('a counter of callers that gave up', () => {
  const from = (s: number, count: (s: number) => number) =>
    poolOf({ used: () => 5, sample: (row) => ({ ...row, timeouts: row.tUs < s * 1e6 ? null : count(row.tUs / 1e6) }) })

  test('that is first seen above 0 does not tell when they did', () => {
    expect(
      ask(
        'pool.acquire_timeouts',
        'steady',
        from(30, () => 40),
      ),
    ).toMatchObject({
      kind: 'none',
      why: 'the counter of callers that gave up was first seen at 40, at 30.0 s',
    })
  })

  test('tells what it counts from then on', () => {
    const pool = from(30, (s) => (s < 45 ? 40 : 47))
    expect(ask('pool.acquire_timeouts', 'steady', pool)).toMatchObject({ kind: 'value', interval: { low: 7 } })
  })
})
