import { describe, expect, test } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import type { OwnSessions } from '../domain/plan.ts'
import { judgeObjectives } from '../judge/objective-findings.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, timelineOf } from './testing/calm-run.ts'
import { type GeneratedDatabaseRow, type GeneratedProbeRow, readGenerated } from './testing/generated-run.ts'
import { faultOf, objectiveOf, planOf } from './testing/plan-of.ts'

/** From 20 s to 30 s, as the fault of the plan. */
const isSlow = (ms: number): boolean => ms >= 20_000 && ms < 30_000

interface Shape {
  /** The sessions in the fault's time, by the look's number; else two that have been at rest for 5 s. */
  readonly sessions: (look: number) => Partial<GeneratedDatabaseRow>
  /** Our own exchanges through the link while the fault lasts; null: none is answered. */
  readonly roundTripMs?: number | null
  /** None of those that are asked from the one to the other is answered. */
  readonly silentMs?: readonly [from: number, to: number]
  /** Of calls that begin while it lasts, 50 a second. */
  readonly latencyMs?: number
  readonly users?: number
  /** Of calls that begin while it lasts. */
  readonly outcome?: Outcome
  /** Squall writes through the server's tools as well. */
  readonly toolLedger?: true
  /** How often the database is looked at, by the plan. */
  readonly everyMs?: number
  /** The plan has no way to the database that a fault could be on; Squall has no connection there then. */
  readonly link?: false
  /** Else as planned, from start to end; null: no stream. */
  readonly probe?: readonly GeneratedProbeRow[] | null
  readonly own?: Partial<OwnSessions>
}

function viewOf(shape: Shape): RunView {
  const { sessions, roundTripMs = 500, latencyMs = 4_000, users = 50, outcome = 'ok', toolLedger, own } = shape
  const base = planOf()
  const { primary } = base.stack.nodes
  if (primary === undefined) throw new Error('the plan has no primary')
  const owned =
    own === undefined
      ? {}
      : { own: { applications: [], users: [], addresses: [], max: null, ...own } satisfies OwnSessions }
  const plan = planOf({
    stack: {
      ...base.stack,
      ...(shape.link === false ? { links: {} } : {}),
      nodes: { ...base.stack.nodes, primary: { ...primary, ...owned } },
    },
    faults: [shape.link === false ? faultOf({ on: 'server', fault: 'freeze' }) : faultOf()],
    observe: {
      ...base.observe,
      pool: null,
      databaseEveryMs: shape.everyMs ?? 250,
      ledger: toolLedger ? { via: ['tool'], ratePerS: 10 } : null,
    },
    objectives: [
      objectiveOf('used-up', 'pool.exhausted', 'slow', { is: false }),
      objectiveOf('leak', 'pool.leaked', 'run', { max: 0 }),
      objectiveOf('share', 'pool.used.peak_ratio', 'slow', { max: 0.85 }),
    ],
  })
  const rest = { connections: 2, active: 0, idleInTransaction: 0, idleMs: [5_000, 5_000] }
  const database = Array.from({ length: 272 }, (_, at): GeneratedDatabaseRow => {
    const ms = -1_000 + at * 250
    return { tUs: ms * 1_000 + 2_000, startedAt: 'a', ...rest, ...(isSlow(ms) ? sessions(at) : {}) }
  })
  const { pool: _, ...calm } = calmRun({ plan, timeline: timelineOf(plan) })
  return new RunView(
    readGenerated({
      ...calm,
      calls: callsOf({
        users,
        startMs: 0,
        endMs: 60_000,
        latencyMs: (ms) => (isSlow(ms) ? latencyMs : 20),
        outcome: (ms) => (isSlow(ms) ? outcome : 'ok'),
      }),
      database,
      ...(shape.probe === null || shape.link === false
        ? {}
        : { probe: shape.probe ?? probesOf(roundTripMs, shape.silentMs) }),
    }),
  )
}

function probesOf(
  slowMs: number | null,
  [silentFromMs, silentToMs]: readonly [number, number] = [0, 0],
): readonly GeneratedProbeRow[] {
  return Array.from({ length: 240 }, (_, at) => at * 250).flatMap((ms) => {
    if (ms >= silentFromMs && ms < silentToMs) return []
    const tookMs = isSlow(ms) ? slowMs : 1
    if (tookMs === null) return []
    return [{ askedUs: ms * 1_000, endedUs: (ms + tookMs) * 1_000, probe: 'db', connection: 'long', error: null }]
  })
}

function ask(view: RunView, id: string, windowId: string) {
  const [spec, window] = [measureById(id), view.window(windowId)]
  if (spec === null || window === null) throw new Error(`${id} ${windowId}`)
  return measure(view, spec, { window })
}

const underway = (look: number) => ({ idleMs: [(look * 37) % 500, (look * 211) % 500] })

describe('a pool that nobody tells of is used up', () => {
  test.each<[reason: string, Shape]>([
    ['answers are on their way to each connection, and more calls wait than there are', { sessions: underway }],
    ['each holds a transaction open', { sessions: () => ({ idleInTransaction: 2, idleMs: [] }), roundTripMs: 1 }],
    ['each waits for a lock', { sessions: () => ({ active: 2, idleMs: [] }), roundTripMs: 1 }],
    ['some work, and of the others the answer is on its way', { sessions: () => ({ active: 1, idleMs: [300] }) }],
    ['as many as the plan says it may open', { sessions: underway, own: { max: 2 } }],
  ])('%s', (_reason, shape) => {
    const view = viewOf(shape)
    expect(ask(view, 'pool.exhausted', 'slow')).toMatchObject({ kind: 'value', value: true })
    expect(ask(view, 'pool.exhausted', 'steady.clear')).toMatchObject({ kind: 'value', value: false })
  })

  test('tells of what it was derived, and by which sessions', () => {
    expect(ask(viewOf({ sessions: underway }), 'pool.exhausted', 'slow').method).toContain(
      "derived from the database's sessions of all but Squall's own",
    )
    const own = { applications: ['shop*'], users: ['app'] }
    expect(ask(viewOf({ sessions: underway, own }), 'pool.saturated_time.longest', 'slow').method).toContain(
      'sessions of application shop* and user app',
    )
  })

  test('its longest stretch counts from when another connection would have been opened, unless the size is known', () => {
    const lowMs = (own?: Partial<OwnSessions>): number =>
      ask(viewOf({ sessions: underway, ...(own && { own }) }), 'pool.saturated_time.longest', 'slow').interval?.low ?? 0
    // Six exchanges of 500 ms.
    expect(lowMs({ max: 2 }) - lowMs()).toBe(3_000)
    expect(lowMs()).toBeGreaterThan(4_000)
  })
})

test.each<[reason: string, Shape]>([
  ['one connection was at rest', { sessions: () => ({ active: 1, idleMs: [5_000] }) }],
  ['no more calls were open than connections', { sessions: underway, latencyMs: 30 }],
  ['the plan says that it may open more', { sessions: underway, own: { max: 5 } }],
  [
    'each call had a connection',
    { sessions: () => ({ active: 2, idleMs: [] }), roundTripMs: 1, users: 2, latencyMs: 900 },
  ],
  ['there was no connection', { sessions: () => ({ connections: 0, idleMs: [] }) }],
  ['all were in use for a moment only', { sessions: (look) => (look % 4 === 0 ? underway(look) : {}) }],
])('it is not used up: %s', (_reason, shape) => {
  expect(ask(viewOf(shape), 'pool.exhausted', 'slow')).toMatchObject({ kind: 'value', value: false })
})

test.each<[reason: string, Shape]>([
  [
    'a busy client with quick exchanges leaves its connections alone for moments too',
    { sessions: () => ({ idleMs: [3, 20] }), roundTripMs: 1 },
  ],
  [
    'more were opened at last: it was not full, only slow to open them',
    {
      sessions: (look) => (look > 120 ? { connections: 4, idleMs: [1, 1, 1, 1] } : underway(look)),
      roundTripMs: 1_000,
    },
  ],
  [
    'nothing came through to us, so that nobody knows how long an answer takes',
    { sessions: () => ({ idleMs: [9_000, 9_000] }), roundTripMs: null },
  ],
  [
    'nothing came through, and the database has lost the sessions that the server still waits on',
    { sessions: () => ({ connections: 0, idleMs: [] }), roundTripMs: null },
  ],
  [
    'nothing came through, and the server could not open those that the plan says it may',
    { sessions: () => ({ connections: 1, idleMs: [9_000] }), roundTripMs: null, own: { max: 2 } },
  ],
  [
    'what was asked when nothing came through any more was answered when it did again',
    { sessions: () => ({ connections: 0, idleMs: [] }), roundTripMs: 10_000 },
  ],
  [
    'nothing came through for some seconds, of which the answers just before and after it do not tell',
    {
      sessions: (look) => (look >= 92 && look < 105 ? { connections: 0, idleMs: [] } : {}),
      roundTripMs: 1,
      silentMs: [22_000, 25_250],
    },
  ],
  [
    'the callers gave up, and nobody knows whether the server did',
    { sessions: () => ({ active: 2, idleMs: [] }), roundTripMs: 1, users: 2, latencyMs: 900, outcome: 'timeout' },
  ],
  [
    "Squall's own writes through the tools are calls too",
    { sessions: () => ({ active: 2, idleMs: [] }), roundTripMs: 1, users: 2, latencyMs: 900, toolLedger: true },
  ],
])('it cannot be told: %s', (_reason, shape) => {
  expect(ask(viewOf(shape), 'pool.exhausted', 'slow')).toMatchObject({ kind: 'none', reason: 'interval_crosses_bound' })
})

test('of what can only be told by the server, and of what its sessions hide, the line is named that would tell it', () => {
  const told = judgeObjectives(viewOf({ sessions: underway }))
  expect(told.findings.map(({ id, verdict }) => [id, verdict])).toEqual([['used-up', 'fail']])
  expect(told.findings[0]?.evidence.map(({ file }) => file)).toContain('database.ndjson')
  expect(told.notAssessed.map(({ id, why }) => [id, why])).toEqual([
    ['leak', expect.stringContaining('stack.nodes.server.metrics: {path: /metrics, mapping: …}')],
    ['share', expect.stringContaining('stack.nodes.primary.own: {max: …}')],
  ])
  const known = judgeObjectives(viewOf({ sessions: underway, own: { max: 2 } }))
  expect(known.findings.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['used-up', 'fail'],
    ['share', 'fail'],
  ])
})

const hidden = { hidden: 2, active: null, idleInTransaction: null, idleMs: null }

test.each(['pool.exhausted', 'pool.saturated_time.longest', 'pool.used.peak_ratio'])(
  '%s is not told by looks that did not see what the sessions do',
  (id) => {
    const view = viewOf({ sessions: (look) => (look >= 92 && look < 104 ? hidden : {}), own: { max: 2 } })
    expect(ask(view, id, 'slow')).toMatchObject({
      kind: 'none',
      reason: 'sampler_silent',
      why: expect.stringContaining('what the sessions do'),
    })
    expect(ask(view, 'database.connections.peak', 'slow')).toMatchObject({ kind: 'value' })
  },
)

/** Idle for longer than our looks take, and no longer than the answers may be on their way. */
const idle = () => ({ idleMs: [300, 300] })
const unanswered = probesOf(1).map((row) => ({ ...row, error: 'refused' }))

test.each<[reason: string, probe: null | readonly GeneratedProbeRow[], why: string]>([
  ['our connections through the link are not recorded', null, 'sampler_silent'],
  ['our long-lived connection through the link never succeeded', unanswered, 'interval_crosses_bound'],
])('how long an answer takes is told by no look past the link where %s', (_reason, probe, reason) => {
  expect(ask(viewOf({ sessions: idle, probe }), 'pool.exhausted', 'slow')).toMatchObject({ kind: 'none', reason })
})

test('where no link is in the plan, how long an answer takes is told by the looks', () => {
  const view = viewOf({ sessions: idle, link: false })
  expect(ask(view, 'pool.exhausted', 'slow')).toMatchObject({ kind: 'value', value: false })
})

test('between looks that are far apart the pool may have been used up for as long', () => {
  const view = viewOf({ sessions: (look) => (look % 12 === 0 ? {} : hidden), everyMs: 3_000 })
  expect(ask(view, 'pool.exhausted', 'slow')).toMatchObject({ kind: 'none', reason: 'interval_crosses_bound' })
})

test('a login that may not see what sessions do makes nothing of them', () => {
  const base = viewOf({ sessions: underway }).folder
  if (base.database === null) throw new Error('no database stream')
  const rows = base.database.rows.map((row) => ({
    ...row,
    hidden: 2,
    active: null,
    idleInTransaction: null,
    idleMs: null,
  }))
  const { findings, notAssessed } = judgeObjectives(new RunView({ ...base, database: { ...base.database, rows } }))
  expect(findings).toEqual([])
  expect(notAssessed[0]?.why).toContain('grant pg_monitor')
})
