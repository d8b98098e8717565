import { describe, expect, it, test } from 'vitest'
import type { LedgerPlan, Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, timelineOf } from './testing/calm-run.ts'
import { type LedgerEntry, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'
import { type Change, chainOf, type Look, registersOf } from './testing/registers-of.ts'

function planWith(ledger: LedgerPlan, faults: Plan['faults'] = []): Plan {
  const { observe, stack, ...rest } = planOf({ faults })
  const primary = stack.nodes.primary
  if (primary === undefined) throw new Error('no primary')
  const nodes = { ...stack.nodes, replica: { ...primary, id: 'replica', follows: 'primary' } }
  return { ...rest, stack: { ...stack, nodes }, observe: { ...observe, ledger } }
}

const bySql: LedgerPlan = { via: ['sql'], ratePerS: 100, staleAfterMs: 1_000 }

function viewOf(ledger: readonly LedgerEntry[], plan: Plan): RunView {
  return new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ledger })))
}

function measured(id: string, ledger: readonly LedgerEntry[], plan = planWith(bySql), during = 'run'): Measured {
  const view = viewOf(ledger, plan)
  const [spec, window] = [measureById(id), view.window(during)]
  if (spec === null || window === null) throw new Error(`no measure ${id}`)
  return measure(view, spec, { window })
}

const { changes, ops } = chainOf(20, 60_000)

describe('lost updates', () => {
  it('are none where each is in its row', () => {
    const ledger = registersOf({ changes, held: { 0: ops } })
    expect(measured('data.lost_updates', ledger)).toMatchObject({ kind: 'value', value: 0, sampleCount: 3_000 })
  })

  it('are those of a branch that a fail-over cut off, though the version is long past theirs', () => {
    // u100 to u149 were acknowledged by the old primary; the new one goes on from u99, past their version.
    const forked = changes.map((change) => (change.op === 'u150' ? { ...change, after: 'u99' } : change))
    const held = ops.filter((_, turn) => turn < 100 || turn >= 150)
    const found = measured('data.lost_updates', registersOf({ changes: forked, held: { 0: held } }))
    expect(found).toMatchObject({ kind: 'value', value: 50 })
    expect(found.method).toContain('the oldest u100 at 2.001 s, the newest u149 at 2.981 s')
  })

  it('are the one of two writers that the other one wrote over: both had read the same', () => {
    // As without a version to check: u11 was made on u9, and took the place of u10.
    const both = changes.map((change) => (change.op === 'u11' ? { ...change, after: 'u9' } : change))
    const found = measured('data.lost_updates', registersOf({ changes: both, held: { 0: ops.toSpliced(10, 1) } }))
    expect(found).toMatchObject({ value: 1, method: expect.stringMatching(/: u10 at 0.201 s$/) })
  })

  it('are not those that were refused or of which nothing is known', () => {
    const outcomes: Readonly<Record<string, Change['outcome']>> = { u10: 'failed', u11: 'unknown' }
    const some = changes.map((change) => ({ ...change, outcome: outcomes[change.op] ?? 'ok' }))
    const held = { 0: ops.filter((op) => outcomes[op] === undefined) }
    expect(measured('data.lost_updates', registersOf({ changes: some, held }))).toMatchObject({ value: 0 })
  })

  it.each([
    ['what survived was not read', registersOf({ changes, held: null }), 'no_samples', /the updates was not read/],
    [
      'a row of what survived is missing',
      registersOf({ changes, held: { 0: ops } }).toSpliced(-2, 1),
      'no_samples',
      /not read/,
    ],
    ['no update was made', [], 'no_samples', /not read/],
  ])('cannot be told where %s', (_, ledger, reason, why) => {
    expect(measured('data.lost_updates', ledger)).toMatchObject({
      kind: 'none',
      reason,
      why: expect.stringMatching(why),
    })
  })

  it('cannot be told where too few were acknowledged in the second before a fault', () => {
    const slow = chainOf(100, 60_000)
    const plan = planWith(bySql, [faultOf({ judgedBy: 'bounded' })])
    const found = measured('data.lost_updates', registersOf({ changes: slow.changes, held: { 0: slow.ops } }), plan)
    expect(found).toMatchObject({ kind: 'none', reason: 'too_few_samples', why: expect.stringMatching(/^10 updates/) })
  })
})

/** Looks every 250 ms, each shows what had been acknowledged `behindMs(at)` before. */
function looksOf(behindMs: (atMs: number) => number): Look[] {
  return Array.from({ length: 240 }, (_, at) => {
    const shown = Math.floor((at * 250 - behindMs(at * 250) - 1) / 20)
    return { atMs: at * 250, seen: [[0, shown < 0 ? null : (ops[shown] ?? null)]] }
  })
}

const staleIn = (behindMs: (atMs: number) => number, during = 'run', ledger = bySql) => {
  const rows = registersOf({ changes, held: { 0: ops }, looks: looksOf(behindMs) })
  return measured('data.stale_reads', rows, planWith(ledger, [faultOf({ judgedBy: 'bounded' })]), during)
}

describe('stale reads', () => {
  it.each([
    ['at once', 0, 0],
    ['within the limit', 900, 0],
    // All looks but those of the warm-up, which is not judged.
    ['beyond it', 1_100, 220],
  ])('of a replica that shows all %s', (_, behind, stale) => {
    expect(staleIn(() => behind)).toMatchObject({ kind: 'value', value: stale, sampleCount: 220 })
  })

  it('are as many as lacked what had been acknowledged for longer, and the worst is named', () => {
    // It stands still from 20 s to 30 s: 36 looks, from 21.25 s to 30 s, show what was there at 20 s.
    const found = staleIn((atMs) => (atMs > 20_000 && atMs <= 30_000 ? atMs - 20_000 : 0))
    expect(found).toMatchObject({ kind: 'value', value: 36 })
    expect(found.method).toContain('the worst by replica at 30.000 s, without u1000 of 9.999 s before')
  })

  it('cannot be told where another replica was asked as well, and never answered', () => {
    const refused = looksOf(() => 0).map(({ atMs }): LedgerEntry => {
      const data = { node: 'replica-2', sent: atMs * 1_000, why: 'no pg_hba.conf entry' }
      return [(atMs + 1) * 1_000, 'seen', 'update', null, data]
    })
    const rows = [...refused, ...registersOf({ changes, held: { 0: ops }, looks: looksOf(() => 0) })]
    expect(
      measured(
        'data.stale_reads',
        rows.toSorted((a, b) => a[0] - b[0]),
      ),
    ).toMatchObject({
      kind: 'none',
      reason: 'sampler_silent',
      why: expect.stringMatching(/^replica-2 was asked in run and never told/),
    })
  })

  it('lack nothing where they lack what was never acknowledged, though it is there', () => {
    const few = chainOf(20, 2_000)
    const staleWith = (outcome: 'ok' | 'unknown') => {
      const some = few.changes.map((change) => (change.op === 'u99' ? { ...change, outcome } : change))
      const looks: Look[] = [{ atMs: 10_000, seen: [[0, 'u98']] }]
      return measured('data.stale_reads', registersOf({ changes: some, held: { 0: few.ops }, looks }))
    }
    expect([staleWith('unknown'), staleWith('ok')]).toMatchObject([{ value: 0 }, { value: 1 }])
  })

  it('are told by window', () => {
    const behind = (atMs: number) => (atMs > 20_000 && atMs <= 30_000 ? atMs - 20_000 : 0)
    expect(staleIn(behind, 'slow')).toMatchObject({ value: 36 })
    expect(staleIn(behind, 'steady.clear')).toMatchObject({ value: 0 })
  })

  it('are held against the limit of the plan, of 1 s without one', () => {
    expect(staleIn(() => 1_100, 'run', { ...bySql, staleAfterMs: 2_000 })).toMatchObject({ value: 0 })
    expect(staleIn(() => 1_100, 'run', { via: ['sql'], ratePerS: 100 })).toMatchObject({ value: 220 })
  })

  it('lack nothing where they lack what was lost, nor where they show what was lost later', () => {
    // u500 to u549 are lost; u550 was made on u499.
    const forked = changes.map((change) => (change.op === 'u550' ? { ...change, after: 'u499' } : change))
    const held = ops.filter((_, turn) => turn < 500 || turn >= 550)
    const seen = (atMs: number, op: string): Look => ({ atMs, seen: [[0, op]] })
    const looks = [seen(10_900, 'u540'), seen(11_500, 'u499'), seen(11_900, 'u549')]
    const rows = (more: readonly Look[]) =>
      registersOf({ changes: forked, held: { 0: held }, looks: [...looks, ...more] })
    expect(measured('data.stale_reads', rows([]))).toMatchObject({ value: 0, sampleCount: 3 })
    // u550 was acknowledged at 11.001 s: whoever shows the lost branch a second later lacks it.
    expect(measured('data.stale_reads', rows([seen(12_100, 'u549')]))).toMatchObject({ value: 1 })
  })

  it('of a register without anything that is due, or with a branch whose beginning is not known, tell nothing', () => {
    const looks: Look[] = [
      { atMs: 6_000, seen: [[1, null]] },
      { atMs: 7_000, seen: [[0, 'x9']] },
    ]
    const found = measured('data.stale_reads', registersOf({ changes, held: { 0: ops }, looks }))
    expect(found).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
  })

  it('are those asked for within the window, and of two as bad the later one is named', () => {
    const { changes: few, ops: all } = chainOf(20, 10_100)
    const looks = [4_999, 5_000, 59_999, 60_000].map((atMs): Look => ({ atMs, seen: [[0, null]] }))
    const found = measured(
      'data.stale_reads',
      registersOf({ changes: few, held: { 0: all }, looks }),
      undefined,
      'steady',
    )
    expect(found).toMatchObject({ value: 2, sampleCount: 2 })
    const shown = [10_000, 12_000, 11_000].map((atMs): Look => {
      return { atMs, seen: [[0, `u${(atMs - 8_000) / 20 + 1}`]] }
    })
    const alike = measured('data.stale_reads', registersOf({ changes: few, held: { 0: all }, looks: shown }))
    expect(alike.method).toContain('the worst by replica at 12.000 s, without u202 of 7.959 s before')
    const better = [...shown, { atMs: 13_000, seen: [[0, 'u500'] as const] }]
    const worse = measured('data.stale_reads', registersOf({ changes: few, held: { 0: all }, looks: better }))
    expect(worse).toMatchObject({ value: 4, method: alike.method })
  })

  it('of two replicas are told where each of them has shown what it had', () => {
    const looks = looksOf(() => 0).flatMap((look) => [look, { ...look, node: 'replica-2' }])
    const found = measured('data.stale_reads', registersOf({ changes, held: { 0: ops }, looks }))
    expect(found).toMatchObject({ kind: 'value', value: 0, sampleCount: 440 })
  })
})

test('what is not observed is not assessed, with the line that would change it', () => {
  const lacking = (id: string, plan: Plan) => measureById(id)?.lacking?.(viewOf([], plan))
  const byTool = planWith({ ...bySql, via: ['tool'] })
  const alone = { ...planOf(), observe: byTool.observe }
  expect([lacking('data.lost_updates', planOf()), lacking('data.lost_updates', byTool)]).toEqual([
    expect.stringContaining('observe.ledger'),
    expect.stringContaining('via: both'),
  ])
  expect(lacking('data.stale_reads', alone)).toContain('no database of the stack follows another')
  expect(lacking('data.stale_reads', planWith(bySql))).toBeNull()
})
