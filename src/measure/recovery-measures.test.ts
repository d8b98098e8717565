import { expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, timelineOf } from './testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { type Fate, ledgerOf } from './testing/ledger-of.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const calm = planOf({ faults: [faultOf({ judgedBy: 'bounded', on: 'primary', forMs: 20_000 })] })
const plan = {
  ...calm,
  stack: { ...calm.stack, supervisor: { restartAfterMs: null, promoteAfterMs: 2_000, fences: false } },
  observe: { ...calm.observe, ledger: { via: ['sql'], ratePerS: 100 } },
  drill: { name: 'failover', mode: 'automatic', horizonMs: 30_000, every: null },
} as const

/** Nobody brings anything back but the fault's end. */
const alone = { ...plan, stack: { ...plan.stack, supervisor: null } }

const supervised: readonly TimelineEntry[] = [
  [20_130_000, 'supervisor', 'primary', { step: 'detected' }],
  [22_140_000, 'supervisor', 'primary', { step: 'decided' }],
  [22_250_000, 'supervisor', 'primary', { step: 'promoted' }],
  [22_255_000, 'supervisor', 'primary', { step: 'routed' }],
]

interface Told {
  readonly fateOf: (ms: number) => Fate
  readonly steps?: readonly TimelineEntry[]
  readonly of?: typeof plan
}

function measured(id: string, { fateOf, steps = supervised, of = plan }: Told): Measured {
  const timeline = [...timelineOf(of), ...steps].sort((a, b) => a[0] - b[0])
  const ledger = ledgerOf({ everyMs: 10, toMs: 60_000, fateOf })
  const view = new RunView(readGenerated(calmRun({ plan: of, timeline, ledger })))
  const [spec, window] = [measureById(id), view.window('slow')]
  if (spec === null || window === null) throw new Error(`no measure ${id}`)
  return measure(view, spec, { window })
}

/** Nobody takes writes from just after 20 s to 22.3 s. */
const fateOf = (ms: number): Fate => ({ outcome: ms >= 20_100 && ms < 22_300 ? 'failed' : 'ok' })

const ms = (id: string, told: Told = { fateOf }): number => {
  const found = measured(id, told)
  if (found.kind !== 'value' || typeof found.value !== 'number') throw new Error(`${id}: ${JSON.stringify(found)}`)
  return found.value
}

test('the first success is the end of a write that was sent when the harm was there', () => {
  const found = measured('recovery.rto_first', { fateOf })
  expect(found).toMatchObject({ kind: 'value', value: 2_301 })
  // Uncertain by when the harm began, and by the write before that failed.
  const seenMs = timelineOf(plan).find(([, , id, { edge }]) => id === 'slow' && edge === 'observed')?.[0] ?? 0
  expect(found.interval).toEqual({ low: 2_301 - 10 - (seenMs / 1_000 - 20_000), high: 2_301 })
})

test('segments add up to the recovery that lasts', () => {
  const parts = ['detect', 'decide', 'promote', 'route', 'first_success', 'sustain'].map((id) => ms(`recovery.${id}`))
  expect(parts).toEqual([130, 2_010, 110, 5, 46, 0])
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(ms('recovery.rto_sustained'))
})

test("the harness's own share is all but the waiting that was asked for", () => {
  expect(ms('recovery.harness_share')).toBe(130 + 115)
})

test('a lucky success is no recovery: the targets are kept for 5 s from its beginning on', () => {
  // One success at 21 s; from 22.3 s to 24 s every tenth write fails.
  const shaky = (at: number): Fate => {
    if (at === 21_000) return { outcome: 'ok' }
    if (at >= 22_300 && at < 24_000) return { outcome: at % 100 === 0 ? 'failed' : 'ok' }
    return fateOf(at)
  }
  expect(ms('recovery.rto_first', { fateOf: shaky })).toBe(1_001)
  // 5 % of 500 writes are 25; of every tenth until 24 s, 17 fail from 22.3 s on: within the target.
  expect(ms('recovery.rto_sustained', { fateOf: shaky })).toBe(2_300 + 10)
  const worse = (at: number): Fate =>
    at >= 22_300 && at < 26_000 && at % 100 === 0 ? { outcome: 'failed' } : fateOf(at)
  // Of the 500 from the start on at most 25 may fail: those from 23.5 s to 26 s do.
  expect(ms('recovery.rto_sustained', { fateOf: worse })).toBe(3_410)
})

test('writes that are slow, or cannot be sent, are no recovery either', () => {
  const slow = (at: number): Fate => (at >= 22_300 && at < 30_000 ? { outcome: 'ok', tookMs: 6_000 } : fateOf(at))
  expect(ms('recovery.rto_sustained', { fateOf: slow })).toBe(9_750)
  const unsent = (at: number): Fate =>
    at >= 22_300 && at < 30_000 && at % 20 === 0 ? { outcome: 'unsent' } : fateOf(at)
  expect(ms('recovery.rto_sustained', { fateOf: unsent })).toBe(9_490)
})

test('what has not recovered by the horizon is at least the horizon, and never a number', () => {
  const never = (at: number): Fate => ({ outcome: at >= 20_100 ? 'failed' : 'ok' })
  expect(measured('recovery.rto_first', { fateOf: never, of: alone as never })).toMatchObject({
    kind: 'atLeast',
    value: 30_000,
  })
  expect(measured('recovery.rto_sustained', { fateOf: never, of: alone as never })).toMatchObject({
    kind: 'atLeast',
    value: 30_000,
  })
  const early = { ...plan, drill: { ...plan.drill, horizonMs: 2_000 } }
  expect(measured('recovery.rto_sustained', { fateOf, of: early as never })).toMatchObject({
    kind: 'atLeast',
    value: 2_000,
  })
})

test('without 5 s of sight after it, a recovery is not sustained, and may have begun just then', () => {
  const late = (at: number): Fate => ({ outcome: at >= 20_100 && at < 56_000 ? 'failed' : 'ok' })
  const long = { ...alone, drill: { ...plan.drill, horizonMs: 60_000 } }
  expect(measured('recovery.rto_sustained', { fateOf: late, of: long as never })).toMatchObject({
    kind: 'atLeast',
    value: 35_000,
  })
})

test('a harm that came at the same time belongs to it, one after its heal does not', () => {
  const other = (startMs: number) => faultOf({ id: 'other', judgedBy: 'bounded', on: 'server', startMs, forMs: 5_000 })
  const faults = (startMs: number) => ({ ...plan, faults: [...plan.faults, other(startMs)] })
  expect(ms('recovery.rto_sustained', { fateOf, of: faults(20_000) as never })).toBe(2_301)
  // Healed at 40.2 s; nothing works again before 37 s, and one cannot look for 5 s before the next harm.
  const late = (at: number): Fate => ({ outcome: at >= 20_100 && at < 37_000 ? 'failed' : 'ok' })
  expect(ms('recovery.rto_sustained', { fateOf: late, of: { ...faults(45_000), stack: alone.stack } as never })).toBe(
    17_001,
  )
  const early = { ...faults(41_000), stack: alone.stack } as never
  expect(measured('recovery.rto_sustained', { fateOf: late, of: early })).toMatchObject({ kind: 'atLeast' })
})

test('a supervisor that did not act has no segments', () => {
  expect(measured('recovery.decide', { fateOf, steps: [] })).toMatchObject({ kind: 'none', reason: 'no_samples' })
  expect(measured('recovery.harness_share', { fateOf, steps: [] })).toMatchObject({ kind: 'none' })
})

test('what works again only when the fault has ended was not brought back by the supervisor', () => {
  // Planned to end at 40 s: whatever is started or led elsewhere then is the fault's own doing.
  const never = (at: number): Fate => ({ outcome: at >= 20_100 && at < 40_050 ? 'failed' : 'ok' })
  expect(measured('recovery.rto_first', { fateOf: never })).toMatchObject({ kind: 'atLeast', value: 20_000 })
  expect(measured('recovery.rto_sustained', { fateOf: never })).toMatchObject({ kind: 'atLeast', value: 15_000 })
  // Without one, and on a link, the end counts.
  expect(ms('recovery.rto_first', { fateOf: never, of: alone as never })).toBe(20_051)
  const onLink = { ...plan, faults: plan.faults.map((fault) => ({ ...fault, on: 'db' })) }
  expect(ms('recovery.rto_first', { fateOf: never, of: onLink as never, steps: [] })).toBe(20_051)
})

test('steps of another node are not this one’s, and what nobody had to do has no steps', () => {
  const others = supervised.map(([t, kind, , data]): TimelineEntry => [t, kind, 'server', data])
  expect(measured('recovery.detect', { fateOf, steps: others })).toMatchObject({ kind: 'none' })
  const instances = supervised.map(([t, kind, , data]): TimelineEntry => [t, kind, 'primary-2', data])
  expect(ms('recovery.detect', { fateOf, steps: instances })).toBe(130)
  expect(measured('recovery.decide', { fateOf: () => ({ outcome: 'ok' }) })).toMatchObject({ kind: 'none' })
})

test("what the plan's own hook took is a segment of its own, and not the harness's", () => {
  const acted: readonly TimelineEntry[] = [
    [20_130_000, 'supervisor', 'primary', { step: 'detected' }],
    [22_140_000, 'supervisor', 'primary', { step: 'decided' }],
    [22_255_000, 'supervisor', 'primary', { step: 'acted' }],
  ]
  const told = { fateOf, steps: acted }
  const parts = ['detect', 'decide', 'act', 'first_success', 'sustain'].map((id) => ms(`recovery.${id}`, told))
  expect(parts).toEqual([130, 2_010, 115, 46, 0])
  expect(measured('recovery.act', told)).toMatchObject({ method: 'by your own hook, on the run clock' })
  expect(ms('recovery.harness_share', told)).toBe(130)
})

test('what is told done only after the first success counts up to it, and the parts still add up', () => {
  // Writes succeed from 22.3 s on; the hook's process takes until 22.314 s to end.
  const late: readonly TimelineEntry[] = [
    [20_130_000, 'supervisor', 'primary', { step: 'detected' }],
    [22_140_000, 'supervisor', 'primary', { step: 'decided' }],
    [22_314_000, 'supervisor', 'primary', { step: 'acted' }],
  ]
  const told = { fateOf, steps: late }
  const parts = ['detect', 'decide', 'act', 'first_success', 'sustain'].map((id) => ms(`recovery.${id}`, told))
  expect(parts).toEqual([130, 2_010, 161, 0, 0])
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(ms('recovery.rto_sustained', told))
  const routed: readonly TimelineEntry[] = [
    ...late.slice(0, 2),
    [22_305_000, 'supervisor', 'primary', { step: 'promoted' }],
    [22_320_000, 'supervisor', 'primary', { step: 'routed' }],
  ]
  expect(['promote', 'route', 'first_success'].map((id) => ms(`recovery.${id}`, { fateOf, steps: routed }))).toEqual([
    161, 0, 0,
  ])
  expect(ms('recovery.harness_share', { fateOf, steps: routed })).toBe(130 + 161)
})

test('in manual mode it is a person who decides', () => {
  const byHand = { ...plan, drill: { ...plan.drill, mode: 'manual' } }
  expect(measured('recovery.decide', { fateOf, of: byHand as never })).toMatchObject({
    value: 2_010,
    method: 'by whoever answered, on the run clock',
  })
})
