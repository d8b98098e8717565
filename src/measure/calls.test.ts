import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isGood, type Outcome, outcomes } from '../domain/outcome.ts'
import type { Measured } from '../domain/verdict.ts'
import { LiveCalls } from './live.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { seriesOf } from './series.ts'
import { type CallsShape, callsOf, calmRun, databaseOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

function measured(
  id: string,
  changes: Partial<GeneratedRun>,
  windowId = 'steady',
  asked: { tool?: string; withinMs?: number } = {},
): Measured {
  const view = new RunView(readGenerated(calmRun(changes)))
  const spec = measureById(id)
  const window = view.window(windowId)
  if (spec === null || window === null) throw new Error(id)
  return measure(view, spec, { window, ...asked })
}

/** 55 s of 50 calls/s in the steady phase: 2,750 calls. */
const calls = (shape: Partial<CallsShape>) => ({
  calls: callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: (_ms, index) => 1 + (index % 50), ...shape }),
})
const every =
  (nth: number, outcome: Outcome) =>
  (_ms: number, index: number): Outcome =>
    index % nth === 0 ? outcome : 'ok'

type Case = readonly [why: string, id: string, shape: Partial<CallsShape>, kind: string, value: number]

describe('latency and service time', () => {
  test.each<Case>([
    ['p50 of 1 to 50 ms', 'tool.latency.p50', {}, 'value', 25],
    ['p95', 'tool.latency.p95', {}, 'value', 48],
    ['p99', 'tool.latency.p99', {}, 'value', 50],
    ['max', 'tool.latency.max', {}, 'value', 50],
    ['latency counts from the intended start', 'tool.latency.max', { lateMs: () => 1 }, 'value', 50],
    ['service time from the start', 'tool.service_time.max', { lateMs: () => 1 }, 'value', 49],
    // Fast refusals must not improve a percentile: 10 % failed within 1 ms.
    ['10 % failures leave p50 to the good ones', 'tool.latency.p50', { outcome: every(10, 'tool_error') }, 'value', 28],
    [
      'and put p95 beyond the call timeout',
      'tool.latency.p95',
      { outcome: every(10, 'tool_error') },
      'atLeast',
      35_000,
    ],
    ['one failure puts the maximum there', 'tool.latency.max', { outcome: every(1_000, 'timeout') }, 'atLeast', 35_000],
    [
      'a failed call has its own service time',
      'tool.service_time.max',
      { outcome: every(10, 'tool_error') },
      'value',
      50,
    ],
    [
      'one that was cut has none yet: at least so long',
      'tool.service_time.max',
      { outcome: every(1_000, 'unknown') },
      'atLeast',
      50,
    ],
    ['degraded and expected answers are answers', 'tool.latency.p95', { outcome: every(2, 'degraded') }, 'value', 48],
    // Every 10th slot was never sent; its user was free after 1 to 41 ms.
    [
      'an unsent slot is at least as late as its user was',
      'tool.latency.p95',
      { outcome: every(10, 'unsent') },
      'value',
      48,
    ],
  ])('%s', (_why, id, shape, kind, value) => {
    expect(measured(id, calls(shape))).toMatchObject({ kind, value })
  })

  test('the interval of a p95 with unsent slots has no upper end when they could hold it', () => {
    expect(measured('tool.latency.p95', calls({ outcome: every(10, 'unsent') })).interval?.high).toBe(
      Number.POSITIVE_INFINITY,
    )
    expect(measured('tool.latency.p95', calls({ outcome: every(100, 'unsent') })).interval?.high).toBeLessThan(51)
  })

  test.each([
    ['tool.latency.p50', 5],
    ['tool.latency.p95', 59],
    ['tool.latency.p99', 299],
  ])('%s needs %d calls', (id, least) => {
    const of = (count: number) =>
      measured(id, { calls: callsOf({ users: count, startMs: 10_000, endMs: 11_000, latencyMs: () => 20 }) })
    expect(of(least)).toMatchObject({ kind: 'value', value: 20, sampleCount: least })
    expect(of(least - 1)).toMatchObject({
      kind: 'none',
      reason: 'too_few_samples',
      why: `${least - 1} calls: ${id.slice(-3)} needs ${least}`,
      sampleCount: least - 1,
    })
  })

  test('a single slot that was never sent was at least as late as its user: of the slowest no more is known', () => {
    const one = callsOf({ users: 1, startMs: 10_000, endMs: 11_000, latencyMs: () => 20, outcome: () => 'unsent' })
    expect(measured('tool.latency.max', { calls: one })).toMatchObject({ kind: 'atLeast', value: 20, sampleCount: 1 })
  })

  test('the maximum of a single call is its own', () => {
    const one = callsOf({ users: 1, startMs: 10_000, endMs: 11_000, latencyMs: () => 20 })
    expect(measured('tool.latency.max', { calls: one })).toMatchObject({ value: 20, interval: { low: 20, high: 20 } })
  })

  test('a quantile of no call says so', () => {
    const nothing = { kind: 'none', reason: 'no_samples', why: 'no call', sampleCount: 0 }
    expect(measured('tool.latency.p95', calls({}), 'steady', { tool: 'none such' })).toMatchObject(nothing)
  })

  test.each(['tool.latency.max', 'tool.good_ratio', 'tool.error_ratio'])('%s of a tool without a call', (id) => {
    expect(measured(id, calls({}), 'steady', { tool: 'none such' })).toMatchObject({
      kind: 'none',
      reason: 'no_samples',
      sampleCount: 0,
    })
  })

  test('of one tool', () => {
    expect(
      measured('tool.latency.max', calls({ latencyMs: (_ms, index) => (index % 2 === 0 ? 5 : 7) }), 'steady', {
        tool: 'read',
      }),
    ).toMatchObject({ value: 5, sampleCount: 1_375 })
  })
})

describe('shares of calls', () => {
  test.each(outcomes.filter((outcome) => outcome !== 'generator_error'))('1 in 10 that ended as %s', (outcome) => {
    const shape = calls({ outcome: every(10, outcome) })
    const share = isGood(outcome) ? 0 : 0.1
    expect(measured('tool.error_ratio', shape)).toMatchObject({ value: share, interval: { low: share, high: share } })
    expect(measured('tool.good_ratio', shape)).toMatchObject({ value: 1 - share })
    if (!isGood(outcome)) expect(measured(`tool.error_ratio.${outcome}`, shape)).toMatchObject({ value: 0.1 })
  })

  test('good within a time: the bound itself is in time', () => {
    expect(measured('tool.good_ratio', calls({}), 'steady', { withinMs: 40 })).toMatchObject({ value: 0.8 })
  })
})

describe('the load', () => {
  test.each<readonly [string, Partial<CallsShape>, number]>([
    ['load.users.peak', {}, 50],
    ['load.calls_per_s', {}, 50],
    ['load.unsent', { outcome: every(10, 'unsent') }, 275],
    ['load.calls_per_s', { outcome: every(10, 'unsent') }, 45],
    ['load.generator_lateness.p99', { latencyMs: () => 90, lateMs: (_ms, index) => (index % 50 === 0 ? 60 : 2) }, 60],
    ['load.generator_lateness.p99', { latencyMs: () => 90, lateMs: (_ms, index) => (index % 200 === 0 ? 60 : 2) }, 2],
  ])('%s of %o is %d', (id, shape, value) => {
    const result = measured(id, calls(shape))
    expect(Number(result.value)).toBeCloseTo(value, 0)
  })

  test('users count between their first and their last slot', () => {
    const early = callsOf({ users: 30, startMs: 5_000, endMs: 20_000, latencyMs: () => 5 })
    const late = callsOf({ users: 20, startMs: 30_000, endMs: 50_000, latencyMs: () => 5 }).map((call) => ({
      ...call,
      user: call.user + 30,
    }))
    expect(measured('load.users.peak', { calls: [...early, ...late] })).toMatchObject({ value: 30, sampleCount: 50 })
  })
})

describe('the database', () => {
  test.each([
    [
      'its peak reaches up to the largest rise',
      'database.connections.peak',
      { connections: 12 },
      { connections: 40 },
      40,
      { low: 40, high: 68 },
    ],
    ['deadlocks', 'database.deadlocks', { deadlocks: 1 }, { deadlocks: 4 }, 3, { low: 3, high: 3 }],
  ])('%s', (_why, id, before, after, value, interval) => {
    const database = databaseOf((ms) => (ms < 30_000 ? before : after))
    expect(measured(id, { database })).toMatchObject({ kind: 'value', value, interval })
  })

  test('how far a replica was behind: from what it had not replayed, sampled each second', () => {
    // One byte a ms is written; from 30 s to 34 s nothing is replayed.
    const replayed = (ms: number) => (ms >= 30_000 && ms < 34_000 ? 30_000 : Math.max(0, ms))
    const followed = (name: string) =>
      databaseOf((ms) => ({ startedAt: 'a', written: Math.max(0, ms), followers: [[name, replayed(ms)]] }))
    // At 33 s the byte of 31 s is seen for 2 s, and may have been there since 30 s; a second later it may still be.
    expect(measured('database.replay_lag.max', { database: followed('r') })).toMatchObject({
      kind: 'value',
      unit: 'ms',
      value: 2_000,
      interval: { low: 2_000, high: 4_000 },
    })
    expect(measured('database.replay_lag.max', {})).toMatchObject({ kind: 'none', reason: 'no_samples' })
  })

  test('of several replicas, how far the last one was behind', () => {
    const still = (ms: number) => (ms >= 30_000 && ms < 34_000 ? 30_000 : Math.max(0, ms))
    const inOrder = (last: 'first' | 'second') =>
      databaseOf((ms) => {
        const [a, b] = last === 'first' ? [still(ms), Math.max(0, ms)] : [Math.max(0, ms), still(ms)]
        return { startedAt: 'a', written: Math.max(0, ms), followers: [['a', a] as const, ['b', b] as const] }
      })
    for (const last of ['first', 'second'] as const)
      expect(measured('database.replay_lag.max', { database: inOrder(last) })).toMatchObject({
        value: 2_000,
        interval: { low: 2_000, high: 4_000 },
      })
  })

  test('a fail-over after the window, and the silence until somebody follows again, are not the window’s', () => {
    const database = databaseOf((ms) => {
      const followers: [string, number][] = ms < 60_000 || ms >= 65_000 ? [['r', Math.max(0, ms)]] : []
      return { startedAt: ms < 60_000 ? 'a' : 'b', written: Math.max(0, ms), followers }
    })
    const { interval } = measured('database.replay_lag.max', { database })
    expect(interval?.high).toBeLessThanOrEqual(1_000)
  })

  test('cache hits of blocks asked for', () => {
    expect(measured('database.cache_hit_ratio', {})).toMatchObject({ kind: 'value', value: 0.99 })
  })
})

describe('series', () => {
  const kinds: readonly Outcome[] = ['ok', 'tool_error', 'unsent', 'degraded', 'unknown']

  test('each call is in one cell, one class and one bucket', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.nat(kinds.length - 1)), {
          minLength: 60,
          maxLength: 60,
        }),
        (shapes) => {
          const at = (index: number) => shapes[index % shapes.length] ?? ([1, 0] as const)
          const run = callsOf({
            users: 1,
            startMs: 0,
            endMs: 60_000,
            latencyMs: (_ms, index) => at(index)[0] / 10,
            outcome: (_ms, index) => kinds[at(index)[1]] ?? 'ok',
          })
          const { calls: drawn } = seriesOf(new RunView(readGenerated(calmRun({ calls: run }))))
          if (drawn === null) throw new Error('no calls')
          drawn.intended.forEach((count, bucket) => {
            const sum = (rows: readonly (readonly number[])[]): number =>
              rows.reduce((total, row) => total + (row[bucket] ?? 0), 0)
            expect(sum(drawn.heat.calls) + (drawn.heat.failed[bucket] ?? 0)).toBe(count)
            expect(sum(Object.values(drawn.byOutcome))).toBe(count)
          })
          expect(drawn.intended.reduce((total, count) => total + count, 0)).toBe(60)
          expect(drawn.heat.rowLowMs.length).toBe(drawn.heat.calls.length)
          expect(drawn.heat.rowLowMs).toEqual([...drawn.heat.rowLowMs].sort((a, b) => a - b))
        },
      ),
      { numRuns: 20 },
    )
  })

  test('a single slow call has a cell of its own, and a failed p95 is written as -1', () => {
    const { calls: drawn } = seriesOf(
      new RunView(
        readGenerated(
          calmRun(
            calls({
              users: 100,
              latencyMs: (_ms, index) => (index === 777 ? 9_500 : 20),
              outcome: (ms) => (ms >= 30_000 && ms < 31_000 ? 'timeout' : 'ok'),
            }),
          ),
        ),
      ),
    )
    const row = drawn?.heat.rowLowMs.findLastIndex((lowMs) => lowMs <= 9_500) ?? -1
    expect(drawn?.heat.calls[row]?.[7]).toBe(1)
    expect(drawn?.p95Ms[30]).toBe(-1)
    expect(drawn?.p95Ms[20]).toBe(20)
    expect(drawn?.p99Ms[20]).toBeNull()
    expect(drawn?.heat.failed[30]).toBe(100)
  })

  test('a long run has at most 900 buckets, and its samples keep their extremes', () => {
    const base = planOf()
    const plan = planOf({
      load: {
        ...base.load,
        phases: [{ id: 'steady', startMs: 0, endMs: 3_600_000, usersFrom: 1, usersTo: 1, judged: true }],
      },
    })
    const pool = Array.from({ length: 14_400 }, (_, at) => ({
      tUs: at * 250_000,
      tookUs: 1,
      used: at === 5_001 ? 97 : 12,
      max: 100,
    }))
    const series = seriesOf(
      new RunView(
        readGenerated({ plan, timeline: [[3_600_000_000, 'end', null, { reason: 'planned' }]], calls: [], pool }),
      ),
    )
    expect(series.calls?.buckets.count).toBeLessThanOrEqual(900)
    expect(series.pool?.used.value.length).toBeLessThanOrEqual(2_700)
    expect(Math.max(...(series.pool?.used.value ?? []).map((value) => value ?? 0))).toBe(97)
  })
})

describe('the live view', () => {
  const columns = ['user', 'tool', 'intended', 'ready', 'started', 'ended', 'outcome', 'detail']
  const row = (endedUs: number, latencyUs: number, outcome = 0) => [
    0,
    0,
    endedUs - latencyUs,
    0,
    0,
    endedUs,
    outcome,
    null,
  ]

  test('shows the last 5 s', () => {
    const live = new LiveCalls(columns)
    for (let ms = 0; ms < 20_000; ms += 100)
      live.push(row(ms * 1000, ms < 14_000 ? 900_000 : 20_000, ms % 1_000 === 0 ? 5 : 0))
    const reading = live.at(20_000_000)
    expect(reading).toMatchObject({ calls: 49, callsPerS: 9.8 })
    expect(reading.errorRatio).toBeCloseTo(4 / 49)
    expect(reading.latencyMsP95).toBe(Number.POSITIVE_INFINITY)
  })

  test('knows of no calls, and of a run younger than 5 s', () => {
    const live = new LiveCalls(columns)
    expect(live.at(3_000_000)).toEqual({ calls: 0, callsPerS: 0, latencyMsP95: null, errorRatio: null })
    for (let at = 1; at <= 20; at++) live.push(row(at * 100_000, at * 1_000))
    expect(live.at(2_000_000)).toEqual({ calls: 20, callsPerS: 10, latencyMsP95: 19, errorRatio: 0 })
  })

  test('counts a slot that was never sent as failed, from when its user was free', () => {
    const live = new LiveCalls(columns)
    live.push([0, 0, 1_000_000, 2_000_000, null, null, outcomes.indexOf('unsent'), null])
    expect(live.at(3_000_000)).toMatchObject({ calls: 1, errorRatio: 1 })
  })
})
