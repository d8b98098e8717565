import { describe, expect, test } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import { measure } from './measure-spec.ts'
import { recoveryAfterHeal } from './recovery-after-heal.ts'
import { RunView } from './run-view.ts'
import { settle } from './settled.ts'
import { callsOf, calmRun, databaseOf, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedPoolRow, type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from './testing/plan-of.ts'

const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })
const used = (): number => 12
const strict = planOf({
  faults: [faultOf()],
  objectives: [
    ...launchObjectives,
    objectiveOf('pool', 'pool.used.peak_ratio', 'steady.clear', { max: 0.85 }),
    objectiveOf('connections', 'database.connections.peak', 'steady.clear', { max: 94 }),
  ],
})

/** Heal verified at 30.2 s; the next thing to happen is the end of the load at 60 s. */
function recovery(changes: Partial<GeneratedRun>) {
  const view = new RunView(readGenerated(calmRun({ plan, ...changes })))
  const window = view.window('slow.recovery')
  if (window === null) throw new Error('no recovery')
  return measure(view, recoveryAfterHeal, { window })
}

const slowUntil = (untilMs: number) =>
  callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: (ms) => (ms >= 20_000 && ms < untilMs ? 900 : 20) })
const failingUntil = (untilMs: number, each: number) =>
  callsOf({
    users: 50,
    startMs: 0,
    endMs: 60_000,
    latencyMs: () => 20,
    outcome: (ms, index) => (ms >= 20_000 && ms < untilMs && index % each === 0 ? 'tool_error' : 'ok'),
  })
const waitingUntil = (untilMs: number, sample?: (row: GeneratedPoolRow) => GeneratedPoolRow | null) =>
  poolOf({ used, pending: (ms) => (ms >= 20_000 && ms < untilMs ? 3 : 0), ...(sample === undefined ? {} : { sample }) })
/** With failures infinite, exactly 5 % of them leave p95 to the slowest good call. */
const onBound = (_ms: number, index: number): Outcome => (index % 20 === 0 ? 'tool_error' : 'ok')
const silentFrom = (fromMs: number, toMs: number) => (row: GeneratedPoolRow) =>
  row.tUs >= fromMs * 1000 && row.tUs < toMs * 1000 ? null : row

describe('settled', () => {
  test.each([
    ['at once: at the first whole second', {}, 800],
    ['slow calls until 37 s', { calls: slowUntil(37_000) }, 6_800],
    ['slow in the middle of a second: the second after it', { calls: slowUntil(36_500) }, 6_800],
    // 2 of 5 s with 10 % of failures are 4 %, which is within the bound of 5 %.
    ['every 10th call failing until 45 s', { calls: failingUntil(45_000, 10) }, 12_800],
    ['every 25th call failing is within the bounds', { calls: failingUntil(60_000, 25) }, 800],
    ['just the last 5 s of the load', { calls: slowUntil(55_000) }, 24_800],
    [
      'on both bounds: 500 ms, and 10 of 200 calls failing',
      { calls: callsOf({ users: 40, startMs: 0, endMs: 60_000, latencyMs: () => 500, outcome: onBound }) },
      800,
    ],
    ['callers waiting until 40 s', { pool: waitingUntil(40_000) }, 9_800],
    [
      'a target whose pool does not tell who waits',
      { pool: poolOf({ used, sample: (row) => ({ ...row, pending: null }) }) },
      800,
    ],
    ['the pool nearly full until 40 s', { pool: poolOf({ used: (ms) => (ms < 40_000 ? 86 : 12) }) }, 9_800],
    [
      'too many connections until 40 s',
      { database: databaseOf((ms) => ({ connections: ms < 40_000 ? 95 : 12 })) },
      9_800,
    ],
  ] as const)('%s', (_why, changes, valueMs) => {
    const measured = recovery({ plan: strict, ...changes })
    expect(measured).toMatchObject({ kind: 'value', value: valueMs })
    expect(measured.interval?.low).toBe(Math.max(0, valueMs - 1_000))
    expect(measured.interval?.high).toBe(valueMs + 250)
  })

  test('an exact mark between two samples shows a wait that no sample saw', () => {
    const sample = (row: GeneratedPoolRow): GeneratedPoolRow => {
      const uptimeS = row.tUs / 1e6 + 10
      const second = Math.floor(uptimeS) - 1
      return { ...row, uptimeS, pendingHigh: [[second, second === 43 ? 2 : 0]] }
    }
    expect(recovery({ pool: poolOf({ used, sample }) })).toMatchObject({ kind: 'value', value: 2_800 })
  })

  test.each([
    ['never well again: at least until the end of the load', { calls: slowUntil(60_000) }, 29_800],
    ['well for less than 5 s before the end', { calls: slowUntil(56_500) }, 29_800],
  ])('%s', (_why, changes, valueMs) => {
    expect(recovery(changes)).toMatchObject({ kind: 'atLeast', value: valueMs })
  })

  test('one looks no further than to the next injection', () => {
    const next = faultOf({ id: 'next', startMs: 40_000, forMs: 5_000, recoveryMs: 0 })
    const both = planOf({ faults: [faultOf(), next], objectives: launchObjectives })
    const run = { plan: both, timeline: timelineOf(both), calls: slowUntil(38_000) }
    expect(recovery(run)).toMatchObject({ kind: 'atLeast', value: 9_800 })
  })

  test('seconds without evidence are not taken for well; they widen the interval', () => {
    const measured = recovery({ pool: waitingUntil(20_000, silentFrom(29_000, 38_000)) })
    expect(measured).toMatchObject({ kind: 'value', value: 8_800, interval: { low: 0 } })
  })

  test('no evidence to the end is no recovery, and no failure', () => {
    const measured = recovery({ pool: waitingUntil(20_000, silentFrom(29_000, 70_000)) })
    expect(measured).toMatchObject({ kind: 'none', reason: 'sampler_silent' })
  })

  test('a pool sampler that never answered is no word that nobody waits', () => {
    const pool = poolOf({ used, sample: (row) => ({ tUs: row.tUs, tookUs: 1_000_000, error: 'HTTP 503' }) })
    const settling = new RunView(readGenerated(calmRun({ plan, pool }))).settlings.get('slow')
    expect(settling).toMatchObject({ settledUs: null })
    expect(settling?.blindFromUs).not.toBeNull()
  })

  test('by its errors alone, where a launch bounds those alone', () => {
    const errorsOnly = planOf({ faults: [faultOf()], objectives: launchObjectives.slice(1) })
    expect(recovery({ plan: errorsOnly, calls: failingUntil(45_000, 10) })).toMatchObject({ value: 12_800 })
    expect(recovery({ plan: errorsOnly, calls: slowUntil(45_000) })).toMatchObject({ value: 800 })
  })

  test('by a single call in 5 s, and not by none', () => {
    const every = (eachMs: number, latencyMs: number) =>
      callsOf({ users: 1, startMs: 0, endMs: 60_000, latencyMs: () => latencyMs }).filter(
        ({ intendedUs }) => intendedUs % (eachMs * 1_000) === 0,
      )
    expect(recovery({ calls: every(5_000, 20) })).toMatchObject({ kind: 'value', value: 800 })
    expect(recovery({ calls: every(5_000, 501) })).toMatchObject({ kind: 'atLeast' })
    // From 31 s to 36 s nobody called.
    expect(recovery({ calls: every(15_000, 20) })).toMatchObject({ kind: 'value', value: 10_800 })
  })

  test('as far as calls are known to be all, to the µs', () => {
    const view = new RunView(readGenerated(calmRun({ plan })))
    const { table, index, bounds } = view
    if (table === null || index === null) throw new Error('no calls')
    const until = (callsWholeUntilUs: number) =>
      settle({ table, index, bounds, callsWholeUntilUs, pools: [], database: null }, 30_200_000, 60_000_000)
    expect(until(36_000_000)).toMatchObject({ settledUs: 31_000_000, blindFromUs: null })
    expect(until(35_999_999)).toMatchObject({ settledUs: null, blindFromUs: 31_000_000 })
  })

  test.each([
    ['how many are in use, where a launch bounds that', strict, 'used', 7_800],
    ['how many are in use, where nothing bounds that', plan, 'used', 800],
    ['who waits', strict, 'pending', 7_800],
    ['who waits', plan, 'pending', 7_800],
  ] as const)('not while the pool does not tell %s', (_what, of, column, valueMs) => {
    const sample = (row: GeneratedPoolRow) => (row.tUs > 29e6 && row.tUs < 37e6 ? { ...row, [column]: null } : row)
    expect(recovery({ plan: of, pool: poolOf({ used, sample }) })).toMatchObject({ value: valueMs })
  })

  /** A second in which somebody waited, by its mark: begun at `startUs`, give or take `slackUs`. */
  const marked = (startUs: number, slackUs: number) => {
    const second = Math.floor(startUs / 1e6)
    // By the process's own clock, which is as much behind as readings tell that it may be.
    const behindUs = startUs - second * 1e6 + slackUs
    const sample = (row: GeneratedPoolRow): GeneratedPoolRow => {
      const tUs = row.tUs - 3_000
      const uptimeS = (tUs - behindUs) / 1e6 + 10
      const last = Math.floor(uptimeS) - 1
      return { ...row, tUs, tookUs: 2 * slackUs, uptimeS, pendingHigh: [[last, last === second + 10 ? 2 : 0]] }
    }
    return poolOf({ used, sample })
  }
  const slackUs = 31_250

  test.each([
    ['at the start of the 5 s', 31_000_000, 0, 1_800],
    ['at their start by its slack', 31_000_000 + slackUs, slackUs, 1_800],
    ['by its slack before their start', 31_000_000 + slackUs / 2, slackUs, 800],
    ['at their end', 35_000_000, 0, 5_800],
    ['at their end by its slack', 35_000_000 - slackUs, slackUs, 4_800],
    ['by its slack after their end', 35_000_000, slackUs, 800],
    ['half of it after their end', 35_500_000, 0, 800],
  ])('a mark of somebody who waited counts in the 5 s that it lies in: %s', (_where, startUs, slack, valueMs) => {
    expect(recovery({ pool: marked(startUs, slack) })).toMatchObject({ kind: 'value', value: valueMs })
  })

  test('a plan without launch criteria cannot say what settled means', () => {
    const view = new RunView(readGenerated(calmRun({ plan: planOf({ faults: [faultOf()] }) })))
    expect(recoveryAfterHeal.lacking?.(view)).toMatch(/steady|clear/)
  })
})
