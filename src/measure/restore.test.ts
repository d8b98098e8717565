import { describe, expect, it } from 'vitest'
import type { BackupPlan } from '../domain/backup.ts'
import type { Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { judgeBound } from '../judge/compare.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { numberIn, restoreStretch } from './restore-steps.ts'
import { RunView } from './run-view.ts'
import { calmRun, timelineOf } from './testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const schedule: BackupPlan = {
  archive: true,
  archiveTimeoutMs: 60_000,
  baseEveryMs: 86_400_000,
  dumpEveryMs: 3_600_000,
  productionBytes: 1_000_000_000,
}

function planWith(backups: BackupPlan | null): Plan {
  const plan = planOf({ faults: [faultOf({ id: 'dropped', fault: 'table-dropped', on: 'primary' })] })
  const { primary } = plan.stack.nodes
  if (primary === undefined) throw new Error('no primary')
  return { ...plan, stack: { ...plan.stack, nodes: { ...plan.stack.nodes, primary: { ...primary, backups } } } }
}

type Step = readonly [step: string, data: Record<string, unknown>]

const taken: Step = ['backup_taken', { kind: 'base-backup', startedUnixUs: 1, durationMs: 700, bytes: 100 }]
const archiving: Step = ['archiving', { isOn: true, isFailing: false, timeoutMs: 60_000 }]
const restored: Step = ['restored', { from: 'base-backup', to: 'p', durationMs: 1_500, bytes: 250_000_000 }]
const returned: Step = ['table_returned', { table: 't', rows: 3, durationMs: 500 }]
const whole = { tablesExpected: 24, tablesMissing: [], tablesExtra: ['public.migrations'], rowsMatch: true }
const integrity: Step = ['integrity', { ...whole, newestRowAgeS: 12.5 }]
const all = [taken, archiving, restored, integrity, returned]

interface Changes {
  readonly backups?: BackupPlan | null
  /** Those of an injection that was never seen to be over. */
  readonly isHealed?: boolean
  /** Whose steps they are. */
  readonly of?: string
}

function seen(steps: readonly Step[], { backups = schedule, isHealed = true, of = 'dropped' }: Changes = {}) {
  const plan = planWith(backups)
  const rows = steps.map(([step, data], at): TimelineEntry => [30_000_000 + at, 'step', of, { step, ...data }])
  const timeline = timelineOf(plan, rows).filter(([, , , { edge }]) => isHealed || edge !== 'healVerified')
  const view = new RunView(readGenerated(calmRun({ plan, timeline })))
  const window = view.window('dropped')
  if (window === null) throw new Error('no window')
  return { view, window }
}

function ask(id: string, steps: readonly Step[], changes: Changes = {}) {
  const { view, window } = seen(steps, changes)
  const spec = measureById(id)
  if (spec === null) throw new Error(`no ${id}`)
  return { measured: measure(view, spec, { window }), lacking: spec.lacking?.(view) ?? null }
}

const ids = ['duration', 'duration_at_size', 'tables', 'rows_match', 'newest_row_age'].map((name) => `restore.${name}`)

describe('a restore', () => {
  it.each([
    ['restore.duration', 2, 's'],
    // 125 MB/s.
    ['restore.duration_at_size', 8, 's'],
    // One that nobody expected, such as a migration tool's own, is no loss.
    ['restore.tables', 0, 'count'],
    ['restore.rows_match', true, 'bool'],
    ['restore.newest_row_age', 12.5, 's'],
    ['data.rpo_worst_case', 60, 's'],
  ] as const)('%s: %s', (id, value, unit) => {
    expect(ask(id, all).measured).toMatchObject({ kind: 'value', value, unit })
  })

  it.each([...ids, 'data.rpo_worst_case'])('%s: never told of is no evidence', (id) => {
    expect(ask(id, []).measured).toMatchObject({ kind: 'none', reason: 'no_samples' })
    expect(ask(id, all, { of: 'another' }).measured).toMatchObject({ kind: 'none', reason: 'no_samples' })
    expect(ask(id, [], { isHealed: false }).measured).toMatchObject({ kind: 'none', reason: 'fault_not_healed' })
  })

  it.each(ids)('%s: a row without its number is no evidence', (id) => {
    const empty = all.map(([step]): Step => [step, {}])
    expect(ask(id, empty).measured).toMatchObject({ kind: 'none', reason: 'no_samples' })
  })

  it('that lacks a table or rows fails, also where the fault was never over for that', () => {
    const bad: Step = ['integrity', { ...whole, tablesMissing: ['public.contracts'], rowsMatch: false }]
    const steps = [taken, archiving, restored, bad]
    for (const isHealed of [true, false]) {
      const tables = ask('restore.tables', steps, { isHealed }).measured
      const rows = ask('restore.rows_match', steps, { isHealed }).measured
      expect(judgeBound(tables, { unit: 'count', max: 0 })).toMatchObject({ verdict: 'fail' })
      expect(judgeBound(rows, { unit: 'bool', is: true })).toMatchObject({ verdict: 'fail' })
    }
  })

  it('of a production whose size is not said takes nobody knows how long', () => {
    const { measured } = ask('restore.duration_at_size', all, { backups: { ...schedule, productionBytes: null } })
    expect(measured).toMatchObject({ kind: 'none', reason: 'not_measurable' })
    expect(judgeBound(measured, { unit: 's', max: 1 }).verdict).toBe('unknown')
  })

  it('is not assessed where there are no backups', () => {
    for (const id of ids) expect(ask(id, [], { backups: null }).lacking).toContain('stack.nodes.<id>.backups')
    // One of its nodes has them, and not the server.
    for (const id of ids) expect(ask(id, []).lacking).toBeNull()
  })

  it('lies from its first step to its last', () => {
    const { view, window } = seen(all)
    expect(restoreStretch(view, window)).toMatchObject({ spans: [{ startUs: 30_000_000, endUs: 30_000_005 }] })
    const { measured } = ask('restore.duration', [])
    expect(measured).toMatchObject({ kind: 'none', sampleCount: 0 })
  })

  it.each<[string, string, Step, Partial<Measured>]>([
    ['of nothing at all', 'restore.duration_at_size', ['restored', { durationMs: 7, bytes: 0 }], { kind: 'none' }],
    ['of one byte', 'restore.duration_at_size', ['restored', { durationMs: 7, bytes: 1 }], { value: 7_000_000 }],
    ['whose tables nobody counted', 'restore.tables', ['integrity', { tablesMissing: [] }], { kind: 'none' }],
    ['whose missing tables nobody named', 'restore.tables', ['integrity', { tablesExpected: 3 }], { kind: 'none' }],
    ['of no table', 'restore.tables', ['integrity', { ...whole, tablesExpected: 0 }], { kind: 'none' }],
    ['of one table', 'restore.tables', ['integrity', { ...whole, tablesExpected: 1 }], { value: 0, sampleCount: 1 }],
    ['whose rows match', 'restore.rows_match', ['integrity', whole], { value: true, sampleCount: 24 }],
    ['whose rows match, of who knows', 'restore.rows_match', ['integrity', { rowsMatch: true }], { sampleCount: 0 }],
    ['whose rows have no time', 'restore.newest_row_age', ['integrity', whole], { kind: 'none', sampleCount: 0 }],
    ['with a newest row', 'restore.newest_row_age', ['integrity', { newestRowAgeS: 3 }], { value: 3, sampleCount: 1 }],
  ])('%s: %s', (_why, id, step, told) => {
    expect(ask(id, [step]).measured).toMatchObject(told)
  })

  it('tells numbers by numbers alone', () => {
    const data = { good: 0, open: Number.POSITIVE_INFINITY, none: Number.NaN, text: '7', empty: null }
    const keys = ['good', 'open', 'none', 'text', 'empty', 'absent']
    expect(keys.map((key) => numberIn(data, key))).toEqual([0, null, null, null, null, null])
    expect(numberIn(undefined, 'good')).toBeNull()
  })
})

describe('the worst case', () => {
  const isOn = { isOn: true, isFailing: false, timeoutMs: 60_000 }
  const dump: Step = ['backup_taken', { kind: 'dump' }]
  const worst = (kind: Step, archive: Record<string, unknown>, backups: Partial<BackupPlan> = {}): Measured =>
    ask('data.rpo_worst_case', [kind, ['archiving', archive]], { backups: { ...schedule, ...backups } }).measured

  it.each([
    ['archived each minute', worst(taken, isOn), { value: 60 }],
    ['a dump each hour', worst(dump, isOn), { value: 3_600 }],
    ['no archive, a base backup each day', worst(taken, { ...isOn, isOn: false }), { value: 86_400 }],
    ['an archive that fails', worst(taken, { ...isOn, isFailing: true }), { value: 86_400 }],
    ['no archive_timeout: a base backup ends the segment', worst(taken, { ...isOn, timeoutMs: 0 }), { value: 86_400 }],
    ['a dump, nobody says how often', worst(dump, isOn, { dumpEveryMs: null }), { reason: 'not_measurable' }],
    ['no number', worst(taken, { isOn: true, isFailing: false }), { reason: 'no_samples' }],
  ])('%s', (_, measured, expected) => {
    expect(measured).toMatchObject(expected)
  })

  it('without end fails every bound', () => {
    const measured = worst(taken, { ...isOn, timeoutMs: 0 }, { baseEveryMs: null })
    expect(measured.kind).toBe('atLeast')
    expect(judgeBound(measured, { unit: 's', max: 86_400 }).verdict).toBe('fail')
  })
})
