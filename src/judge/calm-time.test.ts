import { describe, expect, it } from 'vitest'
import type { Comparison } from '../domain/comparison.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, randomOf, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import { compareRuns } from './compare-runs.ts'
import type { ViewedRun } from './drawn-sides.ts'

/** A fault from 20 s to 30 s, and all the time that is left to recover from it, in a phase of its own. */
const plan = planOf({
  faults: [faultOf({ recoveryMs: 30_000 })],
  objectives: launchObjectives,
  load: {
    ...planOf().load,
    phases: [
      { id: 'before', startMs: 0, endMs: 20_000, usersFrom: 50, usersTo: 50, judged: true },
      { id: 'during', startMs: 20_000, endMs: 30_000, usersFrom: 50, usersTo: 50, judged: true },
      { id: 'after', startMs: 30_000, endMs: 60_000, usersFrom: 50, usersTo: 50, judged: true },
    ],
  },
})
const bounded = { ...plan, objectives: launchObjectives.map((one) => ({ ...one, during: 'after.clear' })) }

/** Slow from the fault on until so long, else calls take `usualMs`. */
function run(folder: string, slowUntilMs: number, usualMs = 100): ViewedRun {
  const random = randomOf(slowUntilMs + usualMs)
  const latencyMs = (ms: number) => (ms >= 20_000 && ms < slowUntilMs ? 800 : usualMs) * (0.75 + random() / 2)
  const calls = callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs })
  const timeline = timelineOf(bounded)
  return { folder, view: new RunView(readGenerated(calmRun({ plan: bounded, timeline, calls }))) }
}

const compare = (base: ViewedRun, head: ViewedRun): Comparison =>
  compareRuns({ base: [base], head: [head], foreign: [], limits: {} })
const keysAfter = ({ rows }: Comparison) => rows.filter(({ isKey, window }) => isKey && window === 'after.clear')

describe('a calm stretch that one run alone has', () => {
  const found = compare(run('runs/a', 31_000), run('runs/b', 60_000))

  it('is too little evidence: where a head never recovers there is nothing calm to compare', () => {
    expect(found.windowsLeftOut).toEqual(['after.clear'])
    expect([found.verdict, found.exitCode]).toEqual(['too_little_evidence', 2])
    expect(found.summary).toContain('tool.latency.p95 (after.clear)')
  })

  it('says of each key measure which run has no time of it', () => {
    const why = 'runs/b: no time of it is clear'
    const missing = { difference: null, verdict: 'too_little_evidence', why }
    expect(keysAfter(found)).toEqual([
      expect.objectContaining({ ...missing, measure: 'tool.latency.p95' }),
      expect.objectContaining({ ...missing, measure: 'tool.error_ratio' }),
    ])
  })

  it('the other way round, too', () => {
    const back = compare(run('runs/b', 60_000), run('runs/a', 31_000))
    expect([back.verdict, keysAfter(back).map(({ why }) => why)[0]]).toEqual([
      'too_little_evidence',
      'runs/b: no time of it is clear',
    ])
  })

  it('one that no run has is nothing that is missing', () => {
    expect(found.rows.some(({ window }) => window === 'during.clear')).toBe(false)
  })
})

describe('a calm stretch that is much longer in one run', () => {
  it.each<[reason: string, baseMs: number, headMs: number, told: string | null]>([
    ['a few seconds less', 31_000, 35_000, null],
    ['a third less in head', 31_000, 41_000, '19 s of it are clear in head, 29 s in base'],
    ['a third less in base', 41_000, 31_000, '29 s of it are clear in head, 19 s in base'],
  ])('%s', (_reason, baseMs, headMs, told) => {
    const found = compare(run('runs/a', baseMs), run('runs/b', headMs))
    const [p95, errors] = keysAfter(found)
    if (told === null) expect(p95?.verdict).toBe('no_difference_shown')
    else
      for (const row of [p95, errors])
        expect(row).toMatchObject({ verdict: 'too_little_evidence', why: expect.stringContaining(told) })
  })

  it('shows no improvement, and is a regression where what is left of head is slower all the same', () => {
    const [base, shorter] = [run('runs/a', 31_000), run('runs/b', 41_000)]
    const p95Of = (head: ViewedRun) => keysAfter(compare(base, head))[0]?.verdict
    expect(p95Of(run('runs/c', 41_000, 50))).toBe('too_little_evidence')
    expect(p95Of(run('runs/d', 41_000, 200))).toBe('regression')
    expect(keysAfter(compare(shorter, run('runs/e', 31_000, 200)))[0]?.verdict).toBe('too_little_evidence')
  })
})
