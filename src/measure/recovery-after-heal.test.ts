import { expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { recoveryAfterHeal } from './recovery-after-heal.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, databaseOf, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from './testing/plan-of.ts'

/** The heal is verified at 30.2 s, to 250 ms; the load ends at 60 s. */
const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })

/** 10 calls a second that are slow from 20 s on. */
const slowUntil = (untilMs: number) =>
  callsOf({ users: 10, startMs: 0, endMs: 60_000, latencyMs: (ms) => (ms >= 20_000 && ms < untilMs ? 900 : 20) })

function viewOf(changes: Partial<GeneratedRun>): RunView {
  return new RunView(readGenerated(calmRun({ plan, calls: slowUntil(20_000), ...changes })))
}

function recovery(changes: Partial<GeneratedRun>, windowId = 'slow'): Measured {
  const view = viewOf(changes)
  const window = view.window(windowId)
  if (window === null) throw new Error(`no window ${windowId}`)
  return measure(view, recoveryAfterHeal, { window })
}

const without = (isLeftOut: (entry: TimelineEntry) => boolean, of = plan) =>
  timelineOf(of).filter((entry) => !isLeftOut(entry))

test('it rests on the calls from the heal to the end of the 5 s that settled it', () => {
  // Settled at 31 s, so to 36 s: 5.8 s of 10 calls each, whichever window of the fault asks.
  const expected = { kind: 'value', value: 800, sampleCount: 58, interval: { low: 0, high: 1_050 } }
  expect(recovery({})).toMatchObject(expected)
  expect(recovery({}, 'slow.recovery')).toMatchObject(expected)
})

test('a heal of which nobody says how exactly it was seen widens nothing', () => {
  const timeline = timelineOf(plan).map(
    ([tUs, kind, id, data]): TimelineEntry => [tUs, kind, id, kind === 'injection' ? { edge: data.edge } : data],
  )
  expect(recovery({ timeline })).toMatchObject({ value: 800, interval: { low: 0, high: 800 } })
})

const silentFrom = (fromMs: number, toMs: number) =>
  poolOf({ used: () => 12, sample: (row) => (row.tUs >= fromMs * 1_000 && row.tUs < toMs * 1_000 ? null : row) })

test('it may have come in the blind seconds before it, but not before those', () => {
  // Slow until 34 s; from then on to the first 5 s without the silence, at 41 s, nobody knows about the pool.
  const found = recovery({ calls: slowUntil(34_000), pool: silentFrom(36_000, 40_000) })
  expect(found).toMatchObject({ kind: 'value', value: 10_800, interval: { low: 2_800, high: 11_050 } })
})

test('nobody looked to the end: from when on is told', () => {
  const found = recovery({ calls: slowUntil(34_000), pool: silentFrom(36_000, 70_000) })
  expect(found).toMatchObject({ kind: 'none', reason: 'sampler_silent', sampleCount: 298 })
  expect(found).toMatchObject({ why: 'from 34 s on there were seconds without evidence either way' })
})

test('not settled when the timeline was cut is neither', () => {
  const waiting = poolOf({ used: () => 12, pending: (ms) => (ms >= 20_000 ? 3 : 0) })
  const last: TimelineEntry = [50_000_000, 'process', 'server', { pid: 3, command: 'server' }]
  const cut = [...without(([tUs]) => tUs >= 50_000_000), last]
  const found = recovery({ timeline: cut, pool: waiting })
  expect(found).toMatchObject({ kind: 'none', reason: 'stream_cut', why: expect.stringContaining('had not settled') })
  // With the load seen to its planned end, it is the load that ended.
  const late = recovery({ timeline: without(([, kind]) => kind === 'end'), pool: waiting })
  expect(late).toMatchObject({ kind: 'atLeast', value: 29_800, sampleCount: 298 })
})

test.each([
  ['as it ends', 9_800],
  ['after it', 9_900],
])('a fault that is healed when the load is over has no calls to settle by: %s', (_why, forMs) => {
  const late = planOf({ faults: [faultOf({ startMs: 50_000, forMs })], objectives: launchObjectives })
  expect(recovery({ plan: late, timeline: timelineOf(late) })).toMatchObject({
    kind: 'none',
    reason: 'no_samples',
    why: 'the load ended before the fault slow was healed',
  })
})

const isEdge = (...edges: readonly string[]) => {
  return ([, kind, , { edge }]: TimelineEntry) => kind === 'injection' && edges.includes(String(edge))
}

test('what never came, and what was never seen to end, are told apart', () => {
  const all = ['requested', 'applied', 'observed', 'healed', 'healVerified']
  const never = without(isEdge(...all))
  expect(recovery({ timeline: never })).toMatchObject({ reason: 'window_missing', why: 'the fault slow never came' })
  const stopped = never.map(
    (entry): TimelineEntry => (entry[1] === 'end' ? [15_000_000, 'end', null, { reason: 'interrupted' }] : entry),
  )
  const early = stopped.filter(([tUs]) => tUs <= 15_000_000)
  expect(recovery({ timeline: early })).toMatchObject({ reason: 'interrupted', why: 'the fault slow never came' })
  expect(recovery({ timeline: without(isEdge('healVerified')) })).toMatchObject({
    reason: 'fault_not_healed',
    why: 'the end of the fault slow was never seen',
  })
})

test('without a calls stream it is that stream which is missing', () => {
  const { calls: _, ...run } = calmRun({ plan })
  const view = new RunView(readGenerated(run))
  const window = view.window('slow')
  if (window === null) throw new Error('no window')
  expect(measure(view, recoveryAfterHeal, { window })).toMatchObject({ why: 'the run folder has no calls stream' })
})

test.each([
  ['p95', objectiveOf('p95', 'tool.latency.p95', 'steady.clear', { max: 500 })],
  ['the share of errors', objectiveOf('errors', 'tool.error_ratio', 'steady.clear', { max: 0.05 })],
])('%s alone says what settled means', (_what, objective) => {
  const one = planOf({ faults: [faultOf()], objectives: [objective] })
  const view = viewOf({ plan: one })
  expect(recoveryAfterHeal.lacking?.(view)).toBeNull()
})

test('as many connections as a launch allows are within it', () => {
  const connections = objectiveOf('connections', 'database.connections.peak', 'steady.clear', { max: 94 })
  const strict = planOf({ faults: [faultOf()], objectives: [...launchObjectives, connections] })
  const database = databaseOf(() => ({ connections: 94 }))
  expect(recovery({ plan: strict, database })).toMatchObject({ kind: 'value', value: 800 })
})

test('one caller who waits is one too many', () => {
  const pool = poolOf({ used: () => 12, pending: (ms) => (ms >= 20_000 && ms < 40_000 ? 1 : 0) })
  expect(recovery({ pool })).toMatchObject({ kind: 'value', value: 9_800 })
})

test('where a launch has no word on errors, a few of them keep nothing from settling', () => {
  const objectives = [objectiveOf('p95', 'tool.latency.p95', 'steady.clear', { max: 500 })]
  const calls = callsOf({
    users: 50,
    startMs: 0,
    endMs: 60_000,
    latencyMs: () => 20,
    outcome: (_ms, index) => (index % 50 === 0 ? 'tool_error' : 'ok'),
  })
  expect(recovery({ plan: planOf({ faults: [faultOf()], objectives }), calls })).toMatchObject({ value: 800 })
})

test('whether a fault came cannot be told without a timeline', () => {
  const { timeline: _, ...rest } = calmRun({ plan, calls: slowUntil(20_000) })
  const view = new RunView(readGenerated(rest))
  const window = view.window('slow')
  if (window === null) throw new Error('no window')
  expect(measure(view, recoveryAfterHeal, { window })).toMatchObject({
    ...{ kind: 'none', reason: 'stream_cut', sampleCount: 0 },
    why: expect.stringMatching(/never came by a timeline that was cut: the run folder has none$/),
  })
})
