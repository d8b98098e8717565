import { expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, timelineOf } from './testing/calm-run.ts'
import { type LedgerEntry, readGenerated } from './testing/generated-run.ts'
import { type Fate, type LedgerShape, ledgerOf } from './testing/ledger-of.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const calm = planOf({ faults: [faultOf({ judgedBy: 'bounded' })] })
const plan = { ...calm, observe: { ...calm.observe, ledger: { via: ['sql'], ratePerS: 100 } } } as const

const shape: LedgerShape = { everyMs: 10, toMs: 60_000, fateOf: () => ({ outcome: 'ok' }) }

function measured(id: string, ledger: readonly LedgerEntry[] | undefined, of = plan): Measured {
  const run = calmRun({ plan: of, timeline: timelineOf(of), ...(ledger ? { ledger } : {}) })
  const view = new RunView(readGenerated(run))
  const [spec, window] = [measureById(id), view.window('run')]
  if (spec === null || window === null) throw new Error(`no measure ${id}`)
  return measure(view, spec, { window })
}

const of = (fateOf: (ms: number) => Fate, rest: Partial<LedgerShape> = {}) => ledgerOf({ ...shape, ...rest, fateOf })

/** Acknowledged from 19.5 s to 20 s, and gone: replication was held back. */
const held = of((ms) => (ms >= 19_500 && ms < 20_000 ? { outcome: 'ok', copies: 0 } : { outcome: 'ok' }))

test('lost is what was acknowledged and is not there; the oldest and the newest are named', () => {
  expect(measured('data.lost_writes', held)).toMatchObject({ kind: 'value', value: 50, sampleCount: 6_000 })
  expect(measured('data.lost_writes', held).method).toContain(
    'the oldest s1950 at 19.501 s, the newest s1999 at 19.991 s',
  )
})

test('the recovery point reaches from the newest that survived before the first loss to the newest lost one', () => {
  // 19.491 s survived, 19.991 s is lost.
  expect(measured('data.rpo', held)).toMatchObject({ kind: 'value', value: 500 })
  // One in the middle that survived changes nothing, and one that was lost much later counts.
  const split = of((ms) => ({ outcome: 'ok', copies: ms === 19_500 || ms === 25_000 ? 0 : 1 }))
  expect(measured('data.rpo', split)).toMatchObject({ value: 25_001 - 19_491 })
})

test('the order is that of acknowledgements, not of sending', () => {
  // Sent at 19.0 s and acknowledged at 19.9 s; all that were acknowledged before survived.
  const late = of((ms) => (ms === 19_000 ? { outcome: 'ok', tookMs: 900, copies: 0 } : { outcome: 'ok', tookMs: 1 }))
  expect(measured('data.rpo', late)).toMatchObject({ value: 19_900 - 19_891 })
})

test('nothing lost is no loss, and 0 of the past', () => {
  expect(
    measured(
      'data.lost_writes',
      of(() => ({ outcome: 'ok' })),
    ),
  ).toMatchObject({ value: 0 })
  expect(
    measured(
      'data.rpo',
      of(() => ({ outcome: 'ok' })),
    ),
  ).toMatchObject({ value: 0 })
})

test('where nothing from before survived, the recovery point has no bound', () => {
  const all = of(() => ({ outcome: 'ok', copies: 0 }))
  expect(measured('data.rpo', all)).toMatchObject({ kind: 'atLeast', value: 59_990 })
})

test('an unknown write is never lost; found, it is recovered', () => {
  const ledger = of((ms) => {
    if (ms === 20_000) return { outcome: 'unknown', copies: 1 }
    return ms > 20_000 && ms < 21_000 ? { outcome: 'unknown' } : { outcome: 'ok' }
  })
  expect(measured('data.lost_writes', ledger)).toMatchObject({ value: 0 })
  expect(measured('data.recovered_writes', ledger)).toMatchObject({ value: 1 })
})

test('a refused write that is there is resurrected, and a write that is there twice a duplicate', () => {
  const ledger = of((ms) => {
    if (ms === 20_000) return { outcome: 'failed', copies: 1 }
    if (ms === 20_010) return { outcome: 'failed' }
    return { outcome: 'ok', copies: ms === 30_000 ? 2 : 1 }
  })
  expect(measured('data.resurrected_writes', ledger)).toMatchObject({ value: 1 })
  expect(measured('data.duplicates', ledger)).toMatchObject({ value: 1 })
  expect(measured('data.lost_writes', ledger)).toMatchObject({ value: 0 })
})

test('what is there and was never sent is a phantom', () => {
  expect(
    measured(
      'data.phantom_writes',
      of(() => ({ outcome: 'ok' }), { strangers: ['x1'] }),
    ),
  ).toMatchObject({ value: 1 })
  const unsent = of((ms) => (ms === 30_000 ? { outcome: 'unsent', copies: 1 } : { outcome: 'ok' }))
  expect(measured('data.phantom_writes', unsent)).toMatchObject({ value: 1 })
})

test('too few writes before the fault show no loss', () => {
  const idle = of((ms) => ({ outcome: ms >= 19_000 && ms < 19_810 ? 'unsent' : 'ok' }))
  expect(measured('data.lost_writes', idle)).toMatchObject({ kind: 'none', reason: 'too_few_samples' })
  expect(measured('data.rpo', idle)).toMatchObject({ kind: 'none', reason: 'too_few_samples' })
  const enough = of((ms) => ({ outcome: ms >= 19_000 && ms < 19_790 ? 'unsent' : 'ok' }))
  expect(measured('data.lost_writes', enough)).toMatchObject({ kind: 'value', value: 0 })
  // What is found needs no such thing.
  expect(measured('data.duplicates', idle)).toMatchObject({ kind: 'value', value: 0 })
})

test('without a reading, without the stream, or with one row lost of it, nothing is said', () => {
  const ids = ['data.lost_writes', 'data.rpo', 'data.duplicates', 'data.resurrected_writes', 'data.phantom_writes']
  const noReading = of(() => ({ outcome: 'ok' }), { isRead: false })
  const oneLess = of(() => ({ outcome: 'ok' })).filter(([, edge, , op]) => !(edge === 'present' && op === 's100'))
  for (const id of ids) {
    expect(measured(id, noReading)).toMatchObject({ kind: 'none', reason: 'no_samples' })
    expect(measured(id, oneLess)).toMatchObject({ kind: 'none', reason: 'no_samples' })
    expect(measured(id, undefined)).toMatchObject({ kind: 'none', reason: 'no_samples' })
  }
})

test('of two ways to write one without a bound is enough to leave the recovery point without one', () => {
  const both = { ...plan, observe: { ...plan.observe, ledger: { via: ['sql', 'tool'], ratePerS: 100 } } } as const
  const byTool = ledgerOf({ ...shape, via: 'tool' })
  const lostAll = of(() => ({ outcome: 'ok', copies: 0 }))
  const rows = [...byTool, ...lostAll].sort(([a], [b]) => a - b)
  expect(measured('data.rpo', rows, both as unknown as typeof plan)).toMatchObject({ kind: 'atLeast', value: 59_990 })
})

test('a write that ended just a second before the fault counts to those that show a loss', () => {
  // Ends at 19.000 s, 19.050 s … 19.950 s: 20 of them in [19 s, 20 s).
  const sparse = of(() => ({ outcome: 'ok', tookMs: 0 }), { everyMs: 50 })
  expect(measured('data.lost_writes', sparse)).toMatchObject({ kind: 'value', value: 0 })
  const sparser = of((ms) => ({ outcome: ms === 19_000 ? 'failed' : 'ok', tookMs: 0 }), { everyMs: 50 })
  expect(measured('data.lost_writes', sparser)).toMatchObject({ kind: 'none', reason: 'too_few_samples' })
})
