import { expect, test } from 'vitest'
import type { LedgerVia, Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { timelineOf } from './testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { type Fate, ledgerOf } from './testing/ledger-of.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const calm = planOf({ faults: [faultOf({ judgedBy: 'bounded', on: 'primary', forMs: 20_000 })] })
/** A fault from 20 s to 40 s, seen at 20.2 s, on a database that a supervisor looks after. */
const plan: Plan = {
  ...calm,
  stack: { ...calm.stack, supervisor: { restartAfterMs: null, promoteAfterMs: 2_000, fences: false } },
  observe: { ...calm.observe, ledger: { via: ['sql'], ratePerS: 20 } },
  drill: { name: 'failover', mode: 'automatic', horizonMs: 30_000, every: null },
}

const detected: TimelineEntry = [20_130_000, 'supervisor', 'primary', { step: 'detected' }]
const decided: TimelineEntry = [22_140_000, 'supervisor', 'primary', { step: 'decided' }]
const promoted: TimelineEntry = [22_250_000, 'supervisor', 'primary', { step: 'promoted' }]
const routed: TimelineEntry = [22_255_000, 'supervisor', 'primary', { step: 'routed' }]

/** Writes fail from 20.1 s until then. */
const downUntil =
  (untilMs: number) =>
  (ms: number): Fate => ({ outcome: ms >= 20_100 && ms < untilMs ? 'failed' : 'ok' })

interface Told {
  readonly fateOf?: (ms: number) => Fate
  readonly also?: (ms: number) => Fate
  readonly steps?: readonly TimelineEntry[]
  readonly of?: Plan
  readonly withoutEdge?: string
}

function viewOf({ fateOf = downUntil(22_300), also, steps, of = plan, withoutEdge }: Told): RunView {
  const timeline = [...timelineOf(of), ...(steps ?? [detected, decided, promoted, routed])]
    .filter(([, , , { edge }]) => edge === undefined || edge !== withoutEdge)
    .sort((a, b) => a[0] - b[0])
  const written = (via: LedgerVia, fate: (ms: number) => Fate) =>
    ledgerOf({ via, everyMs: 50, toMs: 60_000, fateOf: fate })
  const ledger = [...written('sql', fateOf), ...(also === undefined ? [] : written('tool', also))]
  ledger.sort((a, b) => a[0] - b[0])
  return new RunView(readGenerated({ plan: of, timeline, ledger }))
}

function measured(id: string, told: Told = {}): Measured {
  const view = viewOf(told)
  const [spec, window] = [measureById(id), view.window('slow')]
  if (spec === null || window === null) throw new Error(`no measure ${id}`)
  return measure(view, spec, { window })
}

const exactly = (ms: number) => ({ value: ms, interval: { low: ms, high: ms }, unit: 'ms', sampleCount: 1 })

test('a segment is one stretch between two moments, and known to the µs', () => {
  expect(measured('recovery.detect')).toMatchObject(exactly(130))
  expect(measured('recovery.route')).toMatchObject(exactly(5))
  expect(measured('recovery.harness_share')).toMatchObject(exactly(245))
})

test('one that had begun and did not end lasted as long as one could look', () => {
  // To the end of the fault, at 40 s: it brings the node back.
  expect(measured('recovery.decide', { fateOf: downUntil(60_000), steps: [detected] })).toMatchObject({
    kind: 'atLeast',
    value: 19_870,
    sampleCount: 1,
  })
})

test.each([
  ['what recovered without being promoted', 'recovery.promote', { steps: [detected, decided] }],
  ['a segment whose beginning never came', 'recovery.route', { steps: [detected, decided] }],
  ['a supervisor that decided, and did nothing', 'recovery.harness_share', { steps: [detected, decided] }],
  ['a fault of whose request nobody told', 'recovery.detect', { withoutEdge: 'requested' }],
  ['a fault of whose request nobody told, as a whole', 'recovery.rto_first', { withoutEdge: 'requested' }],
  ['a fault of whose request nobody told, by its own share', 'recovery.harness_share', { withoutEdge: 'requested' }],
  [
    'a plan that writes nothing',
    'recovery.rto_first',
    { of: { ...plan, observe: { ...plan.observe, ledger: { via: [], ratePerS: 20 } } } },
  ],
] satisfies [string, string, Told][])('%s has no number', (_why, id, told) => {
  expect(measured(id, told)).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
})

const both: Plan = { ...plan, observe: { ...plan.observe, ledger: { via: ['sql', 'tool'], ratePerS: 20 } } }

test('the whole path is that of the tools where they write; the database is told by what goes straight to it', () => {
  const told = { of: both, also: downUntil(24_000) }
  expect(measured('recovery.rto_first', told)).toMatchObject({ value: 4_001 })
  expect(measured('recovery.rto_sustained', told)).toMatchObject({ value: 4_001 })
  expect(measured('recovery.at_database', told)).toMatchObject({ value: 2_301 })
  const lacking = (of: Plan) => measureById('recovery.at_database')?.lacking?.(viewOf({ of }))
  expect([lacking(plan), lacking(both)]).toEqual([null, null])
  const tools: Plan = { ...plan, observe: { ...plan.observe, ledger: { via: ['tool'], ratePerS: 20 } } }
  expect(lacking(tools)).toContain('ledger: {via: both}')
})

/** Nobody brings anything back, and another fault comes. */
const beside = (startMs: number, judgedBy: 'bounded' | 'launch'): Plan => ({
  ...plan,
  stack: { ...plan.stack, supervisor: null },
  faults: [...plan.faults, faultOf({ id: 'other', judgedBy, on: 'server', startMs, forMs: 5_000 })],
})

test('one looks until the next harm, from the very heal on; what only slows things down is none', () => {
  const late = { fateOf: downUntil(37_000), steps: [] }
  expect(measured('recovery.rto_sustained', { ...late, of: beside(40_200, 'launch') })).toMatchObject({ value: 17_001 })
  // 20.2 s, of which the last 5 s could not have been told from what does not last.
  expect(measured('recovery.rto_sustained', { ...late, of: beside(40_200, 'bounded') })).toMatchObject({
    kind: 'atLeast',
    value: 15_200,
  })
})

test('where one can look for less than the 5 s, nothing is known of how long it took', () => {
  const short: Plan = { ...plan, faults: plan.faults.map((fault) => ({ ...fault, forMs: 3_000 })) }
  expect(measured('recovery.rto_sustained', { of: short })).toMatchObject({ kind: 'atLeast', value: 0 })
})

test('a recovery at the very horizon is within it', () => {
  const within = (horizonMs: number): Plan => ({
    ...plan,
    drill: { name: 'failover', mode: 'automatic', horizonMs, every: null },
  })
  expect(measured('recovery.rto_first', { of: within(2_301) })).toMatchObject({ kind: 'value', value: 2_301 })
  expect(measured('recovery.rto_first', { of: within(2_300) })).toMatchObject({ kind: 'atLeast', value: 2_300 })
})

test('what was never down may have recovered at once', () => {
  expect(measured('recovery.rto_first', { fateOf: () => ({ outcome: 'ok' }) })).toMatchObject({
    value: 201,
    interval: { low: 0, high: 201 },
  })
})

test('whose doing a segment is: a person’s only in deciding', () => {
  const ours = { method: 'by our own supervisor (synthetic), on the run clock' }
  expect(measured('recovery.decide')).toMatchObject(ours)
  const byHand: Plan = { ...plan, drill: { name: 'failover', mode: 'manual', horizonMs: 30_000, every: null } }
  expect(measured('recovery.promote', { of: byHand })).toMatchObject(ours)
})
