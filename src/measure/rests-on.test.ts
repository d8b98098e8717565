import { describe, expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import type { RunFolder } from '../record/reader.ts'
import type { StreamState } from '../record/reader-stream.ts'
import { stretchOf } from './gates.ts'
import { asksDatabase, leadsToDatabase, restsOn, shapeGate, shapersOf } from './rests-on.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from './testing/plan-of.ts'

const s = 1_000_000
/** The fault lasts from 20 s to 30.2 s, and the system has settled at 31 s: known when 36 s are over. */
const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })
const bounded = {
  ...plan,
  objectives: [
    ...launchObjectives,
    objectiveOf('connections', 'database.connections.peak', 'steady.clear', { max: 94 }),
  ],
}

type Cuts = Partial<Record<'calls' | 'pool' | 'database' | 'timeline', number>>

/** A view of a run whose streams were cut: what they tell is whole until so many seconds. */
function viewOf(of: Plan = plan, cuts: Cuts = {}, changes: Partial<GeneratedRun> = {}): RunView {
  const folder = readGenerated(calmRun({ plan: of, timeline: timelineOf(of), ...changes }))
  const cut = (state: StreamState, untilS: number | undefined): StreamState =>
    untilS === undefined ? state : { ...state, cut: 'cut', wholeUntilUs: Math.round(untilS * s) }
  const { calls, pool, database, timeline } = folder
  const cutFolder: RunFolder = {
    ...folder,
    calls: calls && { ...calls, states: calls.states.map((state) => cut(state, cuts.calls)) },
    pool: pool && { ...pool, state: cut(pool.state, cuts.pool) },
    database: database && { ...database, state: cut(database.state, cuts.database) },
    timeline: timeline && { ...timeline, state: cut(timeline.state, cuts.timeline) },
  }
  return new RunView(cutFolder)
}

function whyOf(view: RunView, windowId = 'steady.clear'): string | null {
  const window = view.window(windowId)
  if (window === null) throw new Error(windowId)
  return shapeGate(view, stretchOf(view, window))?.why ?? null
}

describe('whose recoveries give a window its edges', () => {
  const shapers = (of: Plan, windowId: string) => {
    const view = viewOf(of)
    const window = view.window(windowId)
    return window === null ? null : shapersOf(view, window)
  }
  const two = {
    ...plan,
    faults: [
      faultOf(),
      faultOf({ id: 'next', startMs: 42_000, forMs: 5_000 }),
      faultOf({ id: 'brief', startMs: 55_000, forMs: 1_000, recoveryMs: 0 }),
    ],
  }

  test.each([
    ['of clear time all that recover', 'steady.clear', ['slow', 'next']],
    ['of a recovery its own', 'next.recovery', ['next']],
    ['of an injection none', 'slow', []],
    ['of a phase none', 'steady', []],
  ])('%s', (_why, windowId, expected) => expect(shapers(two, windowId)).toEqual(expected))

  test('none where nothing says what settled means', () => {
    expect(shapers({ ...plan, objectives: [] }, 'steady.clear')).toEqual([])
  })

  test.each(launchObjectives)('one bound is enough: $id', (objective) => {
    expect(shapers({ ...plan, objectives: [objective] }, 'steady.clear')).toEqual(['slow'])
  })
})

describe('what a stretch rests on', () => {
  test.each([
    ['nothing, where nothing gives it its edges', plan, [], null, []],
    ['calls and the pool, where a recovery does', plan, ['slow'], null, ['calls', 'pool']],
    ['the database too, where a launch bound is about it', bounded, ['slow'], null, ['calls', 'pool', 'database']],
    ['the database, of a fault on a link to it', plan, [], 'slow', ['database']],
    ['all of it', plan, ['slow'], 'slow', ['calls', 'pool', 'database']],
    ['no pool that nobody tells of', { ...plan, observe: { ...plan.observe, pool: null } }, ['slow'], null, ['calls']],
  ] as const)('%s', (_why, of, shapedBy, fault, needs) => {
    expect(restsOn(viewOf(of), { shapedBy, fault })).toEqual(needs)
  })

  test('no pool that does not tell who waits', () => {
    const { pool = [] } = calmRun({})
    const mute = viewOf(plan, {}, { pool: pool.map((row) => ({ ...row, pending: null })) })
    expect(restsOn(mute, { shapedBy: ['slow'], fault: null })).toEqual(['calls'])
  })

  test('no database of a fault on another link', () => {
    const { stack } = plan
    const front = { ...stack, links: { ...stack.links, front: { id: 'front', from: 'client', to: 'server' } } }
    const view = viewOf({ ...plan, stack: front, faults: [faultOf({ on: 'front' })] })
    expect(restsOn(view, { shapedBy: [], fault: 'slow' })).toEqual([])
    expect([leadsToDatabase(view, 'front'), leadsToDatabase(view, 'db')]).toEqual([false, true])
    expect([leadsToDatabase(view, 'primary'), leadsToDatabase(view, 'server')]).toEqual([false, false])
  })
})

describe('edges that cannot be told', () => {
  const cutBefore = (file: string, name = 'steady.clear') =>
    `when slow was over, which gives ${name} its edges, cannot be told: ${file} was cut before: cut`

  test.each<readonly [string, Cuts, string | null]>([
    ['nothing was cut', {}, null],
    ['calls until it was seen', { calls: 36 }, null],
    // Without those of the last moment it was not seen by 36 s, but it may have been by 45 s, 5 s after the longest.
    ['calls a moment less', { calls: 35.999_999 }, cutBefore('calls/k6-1.ndjson')],
    ['the timeline until then', { timeline: 36 }, null],
    ['the timeline a moment less', { timeline: 35.999_999 }, cutBefore('timeline.ndjson')],
    // Samplers tell of a time up to 3 s later.
    ['the pool until then and what it tells late', { pool: 39 }, null],
    ['the pool a moment less', { pool: 38.999_999 }, cutBefore('pool.ndjson')],
    ['a stream that nothing rests on', { database: 10 }, null],
  ])('%s', (_why, cuts, why) => expect(whyOf(viewOf(plan, cuts))).toBe(why))

  test('of a recovery that comes to the same', () => {
    expect(whyOf(viewOf(plan, { pool: 38.999_999 }), 'slow.recovery')).toBe(cutBefore('pool.ndjson', 'slow.recovery'))
    expect(whyOf(viewOf(plan, { pool: 10 }), 'slow')).toBeNull()
  })

  test('the database, where a launch bound is about it', () => {
    expect(whyOf(viewOf(bounded, { database: 38.999_999 }))).toBe(cutBefore('database.ndjson'))
    expect(whyOf(viewOf(bounded, { database: 39 }))).toBeNull()
  })

  const slowToTheEnd = {
    calls: callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: (ms) => (ms >= 20_000 ? 900 : 20) }),
  }

  test('of what never settled one must have looked until 5 s after its longest recovery', () => {
    // 40 s, and 5 s more.
    expect(whyOf(viewOf(plan, { calls: 45 }, slowToTheEnd))).toBeNull()
    expect(whyOf(viewOf(plan, { calls: 44.999_999 }, slowToTheEnd))).toBe(cutBefore('calls/k6-1.ndjson'))
  })

  test('or until the next injection, if that comes before', () => {
    const next = { ...plan, faults: [faultOf(), faultOf({ id: 'next', startMs: 42_000, forMs: 1_000, recoveryMs: 0 })] }
    expect(whyOf(viewOf(next, { calls: 42 }, slowToTheEnd))).toBeNull()
    expect(whyOf(viewOf(next, { calls: 41.999_999 }, slowToTheEnd))).toBe(cutBefore('calls/k6-1.ndjson'))
  })

  test('a fault that was never seen to heal gives no edge', () => {
    const timeline = timelineOf(plan).filter(([, , , { edge }]) => edge !== 'healVerified')
    expect(whyOf(viewOf(plan, { calls: 10 }, { timeline }))).toBeNull()
  })

  test('a stream that is not there was cut as a whole', () => {
    const lacks = (what: string) => `when slow was over, which gives steady.clear its edges, cannot be told: ${what}`
    const twice = { ...plan, load: { ...plan.load, instances: 2 } }
    expect(whyOf(viewOf(twice))).toBe(lacks('the run folder has 1 of 2 calls streams'))
    const { database: _none, ...rest } = calmRun({ plan: bounded, timeline: timelineOf(bounded) })
    expect(whyOf(new RunView(readGenerated(rest)))).toBe(lacks('the run folder has 0 of 1 database streams'))
  })
})

describe('whether Squall asks a database of the stack', () => {
  const of = (kind: 'local' | 'external', role: 'mcp' | 'postgres', url: string | null): boolean => {
    const { primary } = plan.stack.nodes
    if (primary === undefined) throw new Error('no primary')
    return asksDatabase({ ...plan, stack: { ...plan.stack, kind, nodes: { one: { ...primary, role, url } } } })
  }

  test.each([
    ['its own', 'local', 'postgres', null, true],
    ['none', 'local', 'mcp', null, false],
    ['of another platform, named', 'external', 'postgres', 'postgres://db', true],
    ['of another platform, not named', 'external', 'postgres', null, false],
    ['no database, though it is named', 'external', 'mcp', 'http://server', false],
  ] as const)('%s', (_why, kind, role, url, expected) => expect(of(kind, role, url)).toBe(expected))

  test('one beside a server is one', () => expect(asksDatabase(plan)).toBe(true))
})
