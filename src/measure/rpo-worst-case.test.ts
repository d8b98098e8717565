import { expect, test } from 'vitest'
import type { BackupPlan } from '../domain/backup.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { rpoWorstCase } from './rpo-worst-case.ts'
import { RunView } from './run-view.ts'
import { timelineOf } from './testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const schedule: BackupPlan = {
  archive: true,
  archiveTimeoutMs: 60_000,
  baseEveryMs: 86_400_000,
  dumpEveryMs: 3_600_000,
  productionBytes: null,
}

type Step = Readonly<Record<string, unknown>>

const base: Step = { step: 'backup_taken', kind: 'base-backup' }
const dump: Step = { step: 'backup_taken', kind: 'dump' }
const archiving = (changes: Step = {}): Step => ({
  step: 'archiving',
  isOn: true,
  isFailing: false,
  timeoutMs: 60_000,
  ...changes,
})

function worst(steps: readonly Step[], backups: Partial<BackupPlan> | null = {}, windowId = 'dropped'): Measured {
  const plan = planOf({ faults: [faultOf({ id: 'dropped', fault: 'table-dropped', on: 'primary' })] })
  const { primary } = plan.stack.nodes
  if (primary === undefined) throw new Error('no primary')
  const nodes = {
    ...plan.stack.nodes,
    primary: { ...primary, backups: backups === null ? null : { ...schedule, ...backups } },
  }
  const rows = steps.map((data, at): TimelineEntry => [25_000_000 + at, 'step', 'dropped', data])
  const of = { ...plan, stack: { ...plan.stack, nodes } }
  const view = new RunView(readGenerated({ plan: of, timeline: timelineOf(of, rows) }))
  const window = view.window(windowId)
  if (window === null) throw new Error(`no window ${windowId}`)
  return measure(view, rpoWorstCase, { window })
}

const seconds = (value: number) => ({ kind: 'value', value, unit: 's', sampleCount: 1 })
const never = { kind: 'none', reason: 'no_samples', sampleCount: 0, why: expect.stringContaining('was told of') }
const unsaid = (key: string) => ({
  kind: 'none',
  reason: 'not_measurable',
  sampleCount: 0,
  why: expect.stringContaining(`{${key}: 24 h}`),
})

test.each<[reason: string, steps: readonly Step[], backups: Partial<BackupPlan> | null, expected: object]>([
  ['archived each minute', [base, archiving()], {}, seconds(60)],
  ['the shortest setting there is', [base, archiving({ timeoutMs: 1 })], {}, seconds(0.001)],
  ['it is the last archive that counts', [base, archiving({ isOn: false }), archiving()], {}, seconds(60)],
  ['and the last backup', [base, dump, archiving()], {}, seconds(3_600)],
  ['after a dump a base backup', [dump, base, archiving()], {}, seconds(60)],
  ['an archive that is off', [base, archiving({ isOn: false })], {}, seconds(86_400)],
  ['one of which nobody says that it is on', [base, archiving({ isOn: null })], {}, seconds(86_400)],
  ['one that fails', [base, archiving({ isFailing: true })], {}, seconds(86_400)],
  ['one of which nobody says that it does not fail', [base, archiving({ isFailing: null })], {}, seconds(86_400)],
  ['no end to a segment but a base backup', [base, archiving({ timeoutMs: 0 })], {}, seconds(86_400)],
  ['off, and nobody says how often', [base, archiving({ isOn: false })], { baseEveryMs: null }, unsaid('base_every')],
  ['a dump, nobody says how often', [dump, archiving()], { dumpEveryMs: null }, unsaid('dump_every')],
  ['no backup', [archiving()], {}, never],
  ['no archive', [base], {}, never],
  ['an archive without its setting', [base, archiving({ timeoutMs: null })], {}, never],
  ['a dump, and an archive without its setting', [dump, archiving({ timeoutMs: null })], {}, never],
  ['a node without backups', [base, archiving()], null, never],
])('%s', (_reason, steps, backups, expected) => {
  expect(worst(steps, backups)).toMatchObject(expected)
})

test('what nothing bounds is at least a year, which no bound of a plan allows', () => {
  const found = worst([base, archiving({ timeoutMs: 0 })], { baseEveryMs: null })
  expect(found).toMatchObject({ kind: 'atLeast', value: 31_536_000, unit: 's', sampleCount: 1 })
})

test('of the whole run the steps of every fault count', () => {
  expect(worst([base, archiving()], {}, 'run')).toMatchObject(seconds(60))
})
