import { describe, expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { calmRun, databaseOf, timelineOf } from '../measure/testing/calm-run.ts'
import type { TimelineEntry } from '../measure/testing/generated-run.ts'
import { faultOf } from '../measure/testing/plan-of.ts'
import { findingOf, planned, report } from './testing/judged-run.ts'

const exit = (tUs: number, id: string, plannedExit: boolean): TimelineEntry => [
  tUs,
  'exit',
  id,
  { pid: 2, code: 1, signal: null, planned: plannedExit },
]
/** The database's start time changes between the samples at 44.002 s and 45.002 s; each took 2 ms. */
const restarted = databaseOf((ms) => ({ startedAt: ms < 45_000 ? 'a' : 'b' }))

describe('what explains that a database began anew', () => {
  test.each<readonly [string, readonly TimelineEntry[], Plan, 'pass' | 'fail']>([
    ['nothing', [], planned(), 'fail'],
    ['its planned exit', [exit(44_500_000, 'primary', true)], planned(), 'pass'],
    ['a planned exit of one of its instances', [exit(44_500_000, 'primary-2', true)], planned(), 'pass'],
    ['just when the sample before was asked for', [exit(44_000_000, 'primary', true)], planned(), 'pass'],
    ['just when the sample after came', [exit(45_002_000, 'primary', true)], planned(), 'pass'],
    ['not an earlier exit of it', [exit(43_999_999, 'primary', true)], planned(), 'fail'],
    ['not a later exit of it', [exit(45_002_001, 'primary', true)], planned(), 'fail'],
    ['not a planned exit of the server', [exit(44_500_000, 'server', true)], planned(), 'fail'],
    ['not a fault on it that was over', [], planned({ faults: [faultOf({ on: 'primary' })] }), 'fail'],
    ['not a fault on a link', [], planned({ faults: [faultOf({ startMs: 40_000 })] }), 'fail'],
    ['a fault on it', [], planned({ faults: [faultOf({ on: 'primary', startMs: 40_000 })] }), 'pass'],
  ])('%s', (_why, exits, plan, verdict) => {
    const judged = report({ plan, timeline: timelineOf(plan, exits), database: restarted })
    expect(findingOf(judged, 'system.unplanned_exit').verdict).toBe(verdict)
  })

  test('what befalls a replica explains nothing of the primary, unless somebody may take over from it', () => {
    const onReplica = planned({ faults: [faultOf({ on: 'replica', startMs: 40_000 })] })
    const { primary } = onReplica.stack.nodes
    if (primary === undefined) throw new Error('no primary')
    const nodes = { ...onReplica.stack.nodes, replica: { ...primary, id: 'replica', follows: 'primary' } }
    const verdictOf = (stack: Partial<Plan['stack']>) => {
      const plan = { ...onReplica, stack: { ...onReplica.stack, nodes, ...stack } }
      return findingOf(report({ plan, timeline: timelineOf(plan), database: restarted }), 'system.unplanned_exit')
        .verdict
    }
    expect(verdictOf({})).toBe('fail')
    expect(verdictOf({ supervisor: { restartAfterMs: 1_000, promoteAfterMs: null, fences: false } })).toBe('fail')
    expect(verdictOf({ supervisor: { restartAfterMs: null, promoteAfterMs: 2_000, fences: false } })).toBe('pass')
  })

  test('a change before t0 is of the set-up', () => {
    const database = databaseOf((ms) => ({ startedAt: ms < 0 ? 'a' : 'b' })).map((row) => ({
      ...row,
      tUs: row.tUs - 3_000,
    }))
    expect(findingOf(report({ database }), 'system.unplanned_exit').verdict).toBe('pass')
  })
})

describe('a database that nobody could ask', () => {
  const { database: usual = [] } = calmRun()
  test.each([
    ['was asked all the time', usual, 'pass', 'within_bound'],
    [
      'was silent for 5 s',
      usual.filter(({ tUs }) => tUs < 40_000_000 || tUs > 45_000_000),
      'unknown',
      'sampler_silent',
    ],
    ['never answered', usual.map((row) => ({ ...row, error: 'refused' })), 'unknown', 'sampler_silent'],
  ] as const)('%s', (_why, database, verdict, reason) => {
    expect(findingOf(report({ database }), 'system.unplanned_exit')).toMatchObject({ verdict, reason })
  })

  test.each([
    ['a fault on it', 'primary', 50, 'pass'],
    ['not a fault on the server', 'server', 50, 'unknown'],
    ['not its silence after the fault', 'primary', 53, 'unknown'],
  ])('what explains its silence: %s', (_why, on, untilS, verdict) => {
    // The fault is over at 50.2 s, and the samples are a second apart.
    const plan = planned({ faults: [faultOf({ on, startMs: 40_500, forMs: 9_500 })] })
    const database = usual.filter(({ tUs }) => tUs < 41_000_000 || tUs > untilS * 1_000_000 + 900_000)
    const judged = report({ plan, timeline: timelineOf(plan), database })
    expect(findingOf(judged, 'system.unplanned_exit').verdict).toBe(verdict)
  })
})

test('a database that a fault is on may be silent for as long as the fault lasts, and not a moment longer', () => {
  const silent = (fromMs: number, toMs: number) =>
    databaseOf((ms) => (ms >= fromMs && ms < toMs ? { error: 'refused', connections: null } : { startedAt: 'a' }))
  const verdictOf = (plan: Plan, database: ReturnType<typeof silent>) =>
    findingOf(report({ plan, timeline: timelineOf(plan), database }), 'system.unplanned_exit').verdict
  const onIt = planned({ faults: [faultOf({ on: 'primary', startMs: 40_000, recoveryMs: 0 })] })
  expect(verdictOf(onIt, silent(41_000, 49_000))).toBe('pass')
  // The last answer came just before it.
  expect(verdictOf(onIt, silent(40_000, 49_000))).toBe('pass')
  expect(verdictOf(onIt, silent(41_000, 56_000))).toBe('unknown')
  expect(verdictOf(planned({ faults: [faultOf({ startMs: 40_000 })] }), silent(41_000, 49_000))).toBe('unknown')
})

describe('whose exit counts', () => {
  test.each([
    ['server', 'fail'],
    ['server-2', 'fail'],
    ['primary', 'fail'],
    ['k6-1', 'pass'],
    ['loader-1', 'pass'],
    ['server-proxy', 'pass'],
    ['servers', 'pass'],
  ] as const)('%s: %s', (name, verdict) => {
    const timeline = timelineOf(planned(), [exit(41_000_000, name, false)])
    expect(findingOf(report({ timeline }), 'system.unplanned_exit').verdict).toBe(verdict)
  })

  test.each([
    ['a fault ended it, and it was started anew', [], 'pass'],
    ['what was started anew ended by itself', [exit(47_000_000, 'server', false)], 'fail'],
  ] as const)('%s: %s', (_why, later, verdict) => {
    const plan = planned({ faults: [faultOf({ on: 'server', startMs: 40_000 })] })
    const anew: TimelineEntry = [44_000_000, 'process', 'server', { pid: 3 }]
    const timeline = timelineOf(plan, [exit(41_000_000, 'server', true), anew, ...later])
    expect(findingOf(report({ plan, timeline }), 'system.unplanned_exit').verdict).toBe(verdict)
  })

  test('at t0 it counts, before it does not', () => {
    const at = (tUs: number) =>
      findingOf(report({ timeline: timelineOf(planned(), [exit(tUs, 'server', false)]) }), 'system.unplanned_exit')
        .verdict
    expect([at(0), at(-1)]).toEqual(['fail', 'pass'])
  })

  test('an exit that nobody calls planned is none', () => {
    const timeline = timelineOf(planned(), [[41_000_000, 'exit', 'server', { pid: 2, code: 0, signal: null }]])
    expect(findingOf(report({ timeline }), 'system.unplanned_exit').why).toContain('server ended with code 0 at 41.0 s')
  })
})

test('a database that Squall did not start, and that answered until it was gone, is not said to have stayed', () => {
  const { stack, ...rest } = planned()
  const plan = { ...rest, stack: { ...stack, kind: 'external' as const } }
  const timeline = timelineOf(plan).filter(([, kind]) => kind !== 'process')
  const gone = (databaseOf(() => ({})) ?? []).map((row) =>
    row.tUs < 30_000_000 ? row : { tUs: row.tUs, error: 'connect ECONNREFUSED' },
  )
  const found = findingOf(report({ plan, timeline, database: gone }), 'system.unplanned_exit')
  expect(found).toMatchObject({ verdict: 'unknown', reason: 'sampler_silent' })
})
