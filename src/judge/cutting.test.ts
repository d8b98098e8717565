import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Objective, Plan } from '../domain/plan.ts'
import type { Finding, MeasurementRow, ReasonCode, Report } from '../domain/verdict.ts'
import { measureById } from '../measure/registry.ts'
import { randomOf } from '../measure/testing/calm-run.ts'
import { withFolder } from '../measure/testing/generated-run.ts'
import { objectiveOf } from '../measure/testing/plan-of.ts'
import { readRunFolder } from '../record/reader.ts'
import { judgeRun } from './judge-run.ts'
import { type Files, knownFolders, withObjectives } from './testing/known-folders.ts'

/** Random cuts of each file, of either kind. SQUALL_CUTS=12 and more for a soak. */
const cutsEach = Number(process.env.SQUALL_CUTS ?? 2)

function judge(files: Files): Report {
  return withFolder((folder) => {
    for (const [file, text] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    return judgeRun(readRunFolder(folder)).report
  })
}

/** For all that can be measured in each window one objective that is met and one that is not. */
function everyObjective(plan: Plan, measurements: readonly MeasurementRow[]): Objective[] {
  const judged = { judged: false } // the plan's own say what settled means
  return measurements
    .flatMap((row) => {
      const spec = measureById(row.id)
      if (spec === null) return []
      const make = (name: string, bound: Parameters<typeof objectiveOf>[3]): Objective =>
        objectiveOf(`${name}:${row.id}:${row.window}`, row.id, row.window, bound, { ...judged, withinMs: 500 })
      if (spec.bounds.includes('is')) return [make('is', { is: true }), make('not', { is: false })]
      const low = row.interval?.low ?? Number(row.value ?? 0)
      const high = row.interval?.high ?? Number(row.value ?? 0)
      return spec.bounds.includes('max')
        ? [make('met', { max: high }), make('missed', { max: low === 0 ? -1 : low * 0.99 })]
        : [make('met', { min: low }), make('missed', { min: high * 1.01 + 1 })]
    })
    .concat(
      objectiveOf(
        'each',
        'tool.latency.p50',
        plan.load.phases.at(-1)?.id ?? '',
        { max: 100 },
        { where: { tool: '*' }, ...judged },
      ),
    )
}

interface Cut {
  readonly how: string
  readonly bytes: number | null
  /** All of what the file had to say is gone. */
  readonly isWhole?: true
}

function cutsOf(text: string, random: () => number): Cut[] {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1)
  const pick = (): number => Math.floor(random() * text.length)
  const line = (): number => ends[Math.floor(random() * (ends.length - 1))] ?? 0
  return [
    { how: 'without the file', bytes: null, isWhole: true },
    { how: 'emptied', bytes: 0, isWhole: true },
    { how: 'after its first line', bytes: ends[0] ?? 0, isWhole: true },
    { how: 'without its last line', bytes: ends.at(-2) ?? 0 },
    { how: 'within its last line', bytes: text.length - 5 },
    ...Array.from({ length: cutsEach }, () => ({ how: 'at a byte', bytes: pick() })),
    ...Array.from({ length: cutsEach }, () => ({ how: "at a line's end", bytes: line() })),
  ]
}

const right: ReadonlySet<ReasonCode> = new Set([
  'stream_cut',
  'no_samples',
  'sampler_silent',
  'load_not_delivered',
  'not_over_by_horizon',
])

/** What is wrong with how one finding came out of the cut; null: nothing. */
function complaint(before: Finding, after: Finding | undefined, file: string, cut: Cut): string | null {
  if (after === undefined) return `${before.id} is gone`
  const same = before.verdict === after.verdict && before.reason === after.reason
  const told = `${before.id}: ${before.verdict} ${before.reason} became ${after.verdict} ${after.reason}: ${after.why}`
  if (!before.evidence.some((evidence) => evidence.file === file)) {
    return same && JSON.stringify(before.measured) === JSON.stringify(after.measured)
      ? null
      : `not resting on it, ${told}`
  }
  if (after.verdict === 'unknown') return same || right.has(after.reason) ? null : told
  // An exit that is still told of is an exit.
  if (before.id === 'system.unplanned_exit' && after.verdict === 'fail' && before.verdict === 'fail') return null
  if (cut.isWhole === true) return `for all that is gone, ${told}`
  return same && numbers(before) === numbers(after) ? null : `${told} ${numbers(before)} ${numbers(after)}`
}

/** What was measured; of how many samples may tell of more than was looked at. */
function numbers({ measured }: Finding): string {
  const { kind, value, interval } = measured
  return JSON.stringify([kind, value, interval])
}

describe.each(Object.entries(knownFolders))('a cut file of the run %s', (_name, make) => {
  const plain = make()
  const { measurements } = judge(plain)
  const files = withObjectives(plain, (plan) => everyObjective(plan, measurements))
  const before = judge(files)

  test('the whole folder has findings of each verdict', () => {
    expect(new Set(before.findings.map(({ verdict }) => verdict))).toEqual(new Set(['fail', 'unknown', 'pass']))
  })

  test.each([...files.keys()].filter((file) => file !== 'run.json'))(
    '%s: what rests on it is unknown, and no other',
    (file) => {
      const text = files.get(file) ?? ''
      const random = randomOf(text.length)
      const complaints = cutsOf(text, random).flatMap((cut) => {
        const cutFiles = new Map(files)
        if (cut.bytes === null) cutFiles.delete(file)
        else cutFiles.set(file, text.slice(0, cut.bytes))
        const after = judge(cutFiles)
        const byId = new Map(after.findings.map((finding) => [finding.id, finding]))
        const said = before.findings.flatMap((finding) => complaint(finding, byId.get(finding.id), file, cut) ?? [])
        if (JSON.stringify(after.notAssessed) !== JSON.stringify(before.notAssessed))
          said.push('other objectives are not assessed')
        return said.map((one) => `${cut.how} ${cut.bytes ?? ''}: ${one}`)
      })
      expect(complaints).toEqual([])
    },
  )

  test('run.json: nothing is judged without a plan', () => {
    const text = files.get('run.json') ?? ''
    for (const bytes of [0, 1, Math.floor(text.length / 2), text.length - 2])
      expect(() => judge(new Map(files).set('run.json', text.slice(0, bytes)))).toThrow(/run\.json/)
  })
})
