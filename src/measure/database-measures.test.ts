import { describe, expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { databaseMeasures } from './database-measures.ts'
import { measure } from './measure-spec.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, databaseOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedDatabaseRow, type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

/** Clear of the fault from 20 s to 30.2 s and its recovery to 40 s: 5 to 20 s and 40 to 60 s. */
const plan = planOf({ faults: [faultOf()] })
const calls = callsOf({ users: 1, startMs: 0, endMs: 60_000, latencyMs: () => 20 })

function viewOf(changes: Partial<GeneratedRun>): RunView {
  const of = changes.plan ?? plan
  return new RunView(readGenerated(calmRun({ plan: of, timeline: timelineOf(of), calls, ...changes })))
}

function specOf(id: string) {
  const spec = databaseMeasures.find((one) => one.id === id)
  if (spec === undefined) throw new Error(id)
  return spec
}

type Shape = (ms: number) => Partial<GeneratedDatabaseRow>

function measured(id: string, shape: Shape, windowId = 'slow', of: Plan = plan): Measured {
  const view = viewOf({ plan: of, database: databaseOf(shape) })
  const window = view.window(windowId)
  if (window === null) throw new Error(windowId)
  return measure(view, specOf(id), { window })
}

describe('shares and means of counters have intervals of what may lie in the window', () => {
  // A look each second, 2 ms after it; in the window from 20 s to 30.2 s are those of 20 s (but begun at it) to 30 s.
  test('cache hits: all of one kind that may be, of as few of the other', () => {
    const shape: Shape = (ms) => ({ blocksHit: 3 * (ms / 1_000 + 1), blocksRead: ms / 1_000 + 1 })
    expect(measured('database.cache_hit_ratio', shape)).toMatchObject({
      value: 0.75,
      interval: { low: 30 / (30 + 12), high: 36 / (36 + 10) },
      sampleCount: 11,
    })
  })

  test('a database that was asked for nothing has no share', () => {
    const still: Shape = () => ({ blocksHit: 5, blocksRead: 5 })
    expect(measured('database.cache_hit_ratio', still)).toMatchObject({
      kind: 'none',
      reason: 'no_samples',
      sampleCount: 0,
    })
    const hitsOnly: Shape = (ms) => ({ blocksHit: 3 * (ms / 1_000 + 1), blocksRead: null })
    expect(measured('database.cache_hit_ratio', hitsOnly)).toMatchObject({ kind: 'none', reason: 'no_samples' })
  })

  test('a statement took as long as it may have, over as few as there may have been', () => {
    const shape: Shape = (ms) => ({ statements: [2 * (ms / 1_000 + 1), 10 * (ms / 1_000 + 1)] })
    expect(measured('database.statement_time.mean', shape)).toMatchObject({
      value: 5,
      interval: { low: 100 / 24, high: 120 / 20 },
      sampleCount: 11,
    })
  })

  test('a single statement is one at least, and none has no mean', () => {
    const once: Shape = (ms) => ({ statements: ms < 30_000 ? [0, 0] : [1, 7] })
    expect(measured('database.statement_time.mean', once)).toMatchObject({ value: 7, interval: { low: 7, high: 7 } })
    const late: Shape = (ms) => ({ statements: ms < 31_000 ? [0, 0] : [1, 7] })
    expect(measured('database.statement_time.mean', late)).toMatchObject({ kind: 'none', sampleCount: 0 })
  })

  test('blocks that were asked for at the very edge leave the share open', () => {
    const once = (column: 'blocksHit' | 'blocksRead'): Shape => {
      return (ms) => ({ blocksHit: 5, blocksRead: 5, [column]: ms < 20_000 ? 5 : 13 })
    }
    const open = { low: 0, high: 1 }
    const both: Shape = (ms) => ({ blocksHit: ms, blocksRead: ms })
    expect(measured('database.cache_hit_ratio', both)).toMatchObject({ value: 0.5 })
    expect(measured('database.cache_hit_ratio', once('blocksHit'))).toMatchObject({ value: 1, interval: open })
    expect(measured('database.cache_hit_ratio', once('blocksRead'))).toMatchObject({ value: 0, interval: open })
  })
})

test.each<readonly [string, Shape]>([
  ['database.connections.peak', () => ({ connections: null })],
  ['database.deadlocks', (ms) => ({ deadlocks: ms < 31_000 ? null : 2 })],
  ['database.cache_hit_ratio', (ms) => ({ blocksHit: ms < 31_000 ? null : 2 * ms })],
  ['database.statement_time.mean', (ms) => ({ statements: ms < 31_000 ? null : [ms, ms] })],
  ['database.replay_lag.max', () => ({ written: 5, followers: [] })],
])('%s is not 0 where the window has nothing of it', (id, shape) => {
  expect(measured(id, shape)).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
})

test('connections that were refused in any piece of a window count, and those beside them do not', () => {
  const refused = (atS: number) => {
    const asked = { askedUs: atS * 1e6, endedUs: atS * 1e6 + 5_000, probe: 'db', connection: 'fresh' }
    return { ...asked, error: 'database', sqlState: '53300' }
  }
  const view = viewOf({ probe: [10, 25, 45, 50].map(refused) })
  const ask = (windowId: string) => {
    const window = view.window(windowId)
    if (window === null) throw new Error(windowId)
    return measure(view, specOf('database.refused_connections'), { window })
  }
  expect(ask('steady.clear')).toMatchObject({ value: 3, sampleCount: 3 })
  expect(ask('slow.recovery')).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
})

describe('how far a replica was behind', () => {
  /** A byte each ms; nothing is replayed from `fromMs` to `toMs`. */
  const stuck =
    (fromMs: number, toMs: number, more: Shape = () => ({})): Shape =>
    (ms) => ({
      startedAt: 'a',
      written: Math.max(0, ms),
      followers: [['r', ms >= fromMs && ms < toMs ? fromMs : Math.max(0, ms)]],
      ...more(ms),
    })
  const lag = (shape: Shape, windowId = 'slow') => {
    const { interval, sampleCount } = measured('database.replay_lag.max', shape, windowId)
    return [interval?.low, interval?.high, sampleCount]
  }

  test.each<readonly [string, Shape, readonly (number | undefined)[]]>([
    ['it followed: no more than from look to look', stuck(0, 0), [0, 1_000, 11]],
    // At 23 s the byte of 21 s is seen for 2 s, and may be there since 20 s; until the next look it grows by 1 s.
    ['stuck within', stuck(20_000, 24_000), [2_000, 4_000, 11]],
    ['stuck before it: the look before counts till it is over', stuck(15_000, 20_000), [0, 5_000, 11]],
    ['stuck after it', stuck(30_500, 36_000), [0, 1_000, 11]],
    ['stuck long before it', stuck(6_000, 12_000), [0, 1_000, 11]],
    [
      'a look at its very start counts, and one at its very end does not',
      stuck(15_000, 20_000, (ms) => (ms === 20_000 ? { tUs: 20_000_000 } : ms === 30_000 ? { tUs: 30_200_000 } : {})),
      [0, 1_198, 10],
    ],
    [
      'a look that failed, or did not tell, says nothing',
      stuck(0, 0, (ms) => (ms === 25_000 ? { error: 'refused' } : ms === 27_000 ? { written: null } : {})),
      [0, 2_000, 9],
    ],
  ])('%s', (_why, shape, expected) => {
    expect(lag(shape)).toEqual(expected)
  })
})

describe('what a database cannot tell', () => {
  const lacking = (id: string, changes: Partial<GeneratedRun>) => specOf(id).lacking?.(viewOf(changes)) ?? null
  const mute = (columns: Partial<GeneratedDatabaseRow>, untilMs = 70_000) => ({
    database: databaseOf((ms) => (ms < untilMs ? columns : {})),
  })

  test.each<readonly [string, string, Partial<GeneratedRun>, string | null]>([
    ['all is told', 'database.cache_hit_ratio', {}, null],
    [
      'one of two is not',
      'database.cache_hit_ratio',
      mute({ blocksRead: null }),
      'the database does not tell blocksRead',
    ],
    [
      'both are not',
      'database.cache_hit_ratio',
      mute({ blocksRead: null, blocksHit: null }),
      'the database does not tell blocksHit, blocksRead',
    ],
    ['it was told once', 'database.deadlocks', mute({ deadlocks: null }, 50_000), null],
    ['it never answered', 'database.deadlocks', mute({ deadlocks: null, error: 'refused' }), null],
    [
      'what failed does not count',
      'database.deadlocks',
      { database: databaseOf((ms) => (ms < 50_000 ? { deadlocks: null } : { error: 'refused' })) },
      'the database does not tell deadlocks',
    ],
    [
      'statements once told',
      'database.statement_time.mean',
      { database: databaseOf((ms) => (ms < 50_000 ? {} : { statements: [1, 1] })) },
      null,
    ],
    [
      'no statement, though it failed once',
      'database.statement_time.mean',
      { database: databaseOf((ms) => (ms === 30_000 ? { error: 'refused' } : {})) },
      'the database has no pg_stat_statements that this login may read: shared_preload_libraries, create extension',
    ],
    ['no statement, as it never answered', 'database.statement_time.mean', mute({ error: 'refused' }), null],
  ])('%s', (_why, id, changes, why) => {
    expect(lacking(id, changes)).toBe(why)
  })

  test('a stack without a database has none that could be asked', () => {
    const { stack } = plan
    const { primary: _, ...nodes } = stack.nodes
    const bare = planOf({ stack: { ...stack, nodes, links: {} } })
    expect(lacking('database.deadlocks', { plan: bare })).toContain('the stack names no PostgreSQL node')
  })

  test('without a link to a database nobody asks it for connections; one of several is enough', () => {
    const { stack } = plan
    const of = (links: Plan['stack']['links']) => ({ plan: { ...plan, stack: { ...stack, links } } })
    const front = { id: 'front', from: 'client', to: 'server' }
    expect(lacking('database.refused_connections', of({ ...stack.links, front }))).toBeNull()
    expect(lacking('database.refused_connections', of({ front }))).toContain('a link leads to it')
  })
})

test('the peak is by the sessions that the plan calls the system’s, or by all', () => {
  const { primary } = plan.stack.nodes
  if (primary === undefined) throw new Error('no primary')
  const own = { applications: ['shop'], users: [], addresses: [], max: null }
  const owned = { ...plan, stack: { ...plan.stack, nodes: { ...plan.stack.nodes, primary: { ...primary, own } } } }
  const external = { ...plan, stack: { ...plan.stack, kind: 'external' as const } }
  const methodOf = (of: Plan) => measured('database.connections.peak', () => ({}), 'slow', of).method
  expect(methodOf(plan)).toContain('all that arrived')
  expect(methodOf(owned)).toContain('sessions of application shop')
  expect(methodOf(external)).toContain("all but Squall's own")
})
