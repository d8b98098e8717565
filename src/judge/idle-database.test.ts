import { describe, expect, it, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, databaseOf, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedDatabaseRow, type GeneratedRun, readGenerated } from '../measure/testing/generated-run.ts'
import { planOf } from '../measure/testing/plan-of.ts'
import { judgeIdleDatabase } from './idle-database.ts'

/** Sessions that were opened before the load and do nothing; our own sampler commits twice a second. */
const idle = (ms: number): Partial<GeneratedDatabaseRow> => ({
  quietMs: 30_000 + ms,
  sessions: 7,
  commits: 500 + Math.round(ms / 500),
  hidden: 0,
})
const noted = (shape: (ms: number) => Partial<GeneratedDatabaseRow>) =>
  databaseOf((ms) => ({ ...idle(ms), ...shape(ms) }))

function judged(changes: Partial<GeneratedRun> = {}) {
  return judgeIdleDatabase(new RunView(readGenerated(calmRun({ database: noted(() => ({})), ...changes }))))
}

const changed = (plan: Plan): Partial<GeneratedRun> => ({ plan, timeline: timelineOf(plan) })
/** Of 55 s that are judged. */
const goodCalls = (perS: number) => callsOf({ users: perS, startMs: 5_000, endMs: 60_000, latencyMs: () => 20 })

test('calls that succeed and cause no work in the database', () => {
  const { findings, notAssessed } = judged()
  expect(notAssessed).toEqual([])
  expect(findings).toMatchObject([
    {
      id: 'database.idle_under_load',
      verdict: 'fail',
      reason: 'idle_database',
      judged: true,
      measured: { kind: 'value', value: true },
      bound: { is: false },
      why: '2750 calls succeeded, and no session of the system did anything in the database primary.',
      hint: expect.stringMatching(/^Look for mock data/),
    },
  ])
  expect(findings[0]?.evidence.map(({ file }) => file)).toEqual([
    'calls/k6-1.ndjson',
    'database.ndjson',
    'run.json',
    'timeline.ndjson',
  ])
})

test('nor any session at all', () => {
  expect(judged({ database: noted(() => ({ quietMs: null })) }).findings).toMatchObject([{ verdict: 'fail' }])
})

/** A server of the user's own, which Squall starts beside a database. */
function ownServer(command: readonly string[] | null, kind: 'local' | 'external' = 'local'): Plan {
  const { stack, ...plan } = planOf()
  const { server, primary } = stack.nodes
  if (server === undefined || primary === undefined) throw new Error('no nodes')
  const nodes = { server: { ...server, command }, primary: { ...primary, url: 'postgres://127.0.0.1/app' } }
  return { ...plan, stack: { ...stack, kind, nodes } }
}

const neverConnected = noted(() => ({ connections: 0 }))

test('a server of the user’s own that was never connected may have no database: not assessed, with the line that says so', () => {
  const { findings, notAssessed } = judged({ ...changed(ownServer(['x'])), database: neverConnected })
  expect(findings).toEqual([])
  expect(notAssessed).toMatchObject([{ id: 'database.idle_under_load', window: 'run' }])
  expect(notAssessed[0]?.why).toContain('stack.nodes.primary.unused: true')
})

test.each([
  {
    why: 'it has one',
    plan: ownServer(['x']),
    database: noted((ms) => ({ connections: ms === 30_000 ? 1 : 0 })),
  },
  { why: 'ours has one', plan: ownServer(null), database: neverConnected },
  { why: 'it was named', plan: ownServer(null, 'external'), database: neverConnected },
])('a server whose sessions did nothing fails: $why', ({ plan, database }) => {
  const [found] = judged({ ...changed(plan), database }).findings
  expect(found).toMatchObject({ verdict: 'fail', reason: 'idle_database', measured: { value: true } })
})

describe('a sign of work, once in the whole load, is enough', () => {
  it.each([
    ['a session at work', (ms: number) => (ms === 40_000 ? { quietMs: 0 } : {}), 'a session of the system was at work'],
    ['one that was, between two looks', (ms: number) => (ms === 40_000 ? { quietMs: 900 } : {}), 'was at work'],
    ['since the very begin of the load', (ms: number) => ({ quietMs: Math.max(0, ms) }), 'was at work'],
    ['what is told of right after it', (ms: number) => (ms === 62_000 ? { quietMs: 0 } : {}), 'was at work'],
    ['a session that came and went', (ms: number) => ({ sessions: ms < 30_000 ? 7 : 8 }), 'sessions were opened'],
    [
      'also where its counter began anew',
      (ms: number) => ({ sessions: ms < 30_000 ? 7 : ms < 40_000 ? 0 : 1 }),
      'opened',
    ],
    [
      'transactions of sessions that nobody knew for those of the system',
      (ms: number) => ({ commits: Math.max(0, ms / 10) }),
      'more transactions',
    ],
  ])('%s', (_why, shape, said) => {
    const [found] = judged({ database: noted(shape) }).findings
    expect(found).toMatchObject({ verdict: 'pass', reason: 'within_bound', measured: { kind: 'value', value: false } })
    expect(found?.why).toContain(said)
  })

  it('and counts though the sampler was silent for most of it', () => {
    const database = noted((ms) => (ms === 10_000 ? { quietMs: 0 } : {})).filter(({ tUs }) => tUs < 11_000_000)
    expect(judged({ database }).findings).toMatchObject([{ verdict: 'pass' }])
  })
})

describe('no sign of the system is', () => {
  it.each([
    ['work right before the load', (ms: number) => ({ quietMs: ms + 5 })],
    ['our own transactions', (ms: number) => ({ commits: Math.max(0, Math.round(ms / 27)) })],
    [
      'a session that our sampler opened anew after a failure',
      (ms: number) =>
        ms === 30_000
          ? { error: 'timeout', quietMs: null, sessions: null, commits: null }
          : { sessions: ms < 30_000 ? 7 : 8 },
    ],
  ])('%s', (_why, shape) => {
    expect(judged({ database: noted(shape) }).findings).toMatchObject([{ verdict: 'fail' }])
  })

  it('a look before it', () => {
    const database = [{ tUs: -1_500_000, quietMs: 0, sessions: 7, commits: 1 }, ...noted(() => ({}))]
    expect(judged({ database }).findings).toMatchObject([{ verdict: 'fail' }])
  })

  it('what comes long after the load', () => {
    const database = [...noted(() => ({})), { tUs: 80_000_000, quietMs: 0, sessions: 9, commits: 600 }]
    expect(judged({ database }).findings).toMatchObject([{ verdict: 'fail' }])
  })
})

describe('what cannot be told is not assessed', () => {
  it.each([
    [1, 'notAssessed'],
    [2, 'findings'],
  ] as const)('%d calls/s, 100 calls are enough', (perS, part) => {
    expect(judged({ calls: goodCalls(perS) })[part]).toMatchObject([{ id: 'database.idle_under_load' }])
  })

  it('exactly', () => {
    const calls = (count: number) => goodCalls(2).slice(0, count)
    expect(judged({ calls: calls(99) }).notAssessed[0]?.why).toBe('99 calls succeeded: from 100 on it can be told')
    expect(judged({ calls: calls(100) }).findings).toMatchObject([{ verdict: 'fail' }])
  })

  it('calls that failed are none', () => {
    const calls = callsOf({ users: 9, startMs: 5_000, endMs: 60_000, latencyMs: () => 20, outcome: () => 'tool_error' })
    expect(judged({ calls }).notAssessed).toHaveLength(1)
  })

  it('sessions whose doings are hidden', () => {
    const database = noted(() => ({ hidden: 2, quietMs: null }))
    expect(judged({ database }).notAssessed[0]?.why).toContain('grant pg_monitor')
  })

  it('sessions that nobody counts', () => {
    const database = noted(() => ({ sessions: null }))
    expect(judged({ database }).notAssessed[0]?.why).toContain('version 14')
  })
})

describe('no evidence is no pass', () => {
  it('a sampler that was silent while it saw no work', () => {
    const database = noted(() => ({})).filter(({ tUs }) => tUs < 20_000_000 || tUs > 24_000_000)
    expect(judged({ database }).findings).toMatchObject([{ verdict: 'unknown', reason: 'sampler_silent' }])
  })

  it('no stream', () => {
    const { database: _, ...run } = calmRun()
    const { findings } = judgeIdleDatabase(new RunView(readGenerated(run)))
    expect(findings).toMatchObject([{ verdict: 'unknown', reason: 'sampler_silent', measured: { kind: 'none' } }])
  })

  it('no calls', () => {
    const { calls: _, ...run } = calmRun({ database: noted(() => ({ quietMs: 0 })) })
    expect(judgeIdleDatabase(new RunView(readGenerated(run))).findings).toMatchObject([{ verdict: 'unknown' }])
  })
})

test.each([
  [
    'a workload that is the load of the database itself',
    (plan: Plan): Plan => ({ ...plan, load: { ...plan.load, protocol: 'sql' } }),
  ],
  [
    'a stack without a database',
    ({ stack, ...plan }: Plan): Plan => {
      const { primary: _, ...nodes } = stack.nodes
      return { ...plan, stack: { ...stack, nodes, links: {} } }
    },
  ],
  [
    'a database that the server is to have no use for',
    ({ stack, ...plan }: Plan): Plan => {
      const { primary } = stack.nodes
      if (primary === undefined) throw new Error('no primary')
      return { ...plan, stack: { ...stack, nodes: { ...stack.nodes, primary: { ...primary, unused: true } } } }
    },
  ],
])('nothing is said of %s', (_why, change) => {
  expect(judged(changed(change(planOf())))).toEqual({ findings: [], notAssessed: [] })
})

test('a run of an earlier version did not record it', () => {
  expect(judged({ database: databaseOf(() => ({})) })).toEqual({ findings: [], notAssessed: [] })
})
