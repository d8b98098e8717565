import { describe, expect, it } from 'vitest'
import type { ComparisonRow } from '../domain/comparison.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, randomOf, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import { compareRuns } from './compare-runs.ts'
import type { ViewedRun } from './drawn-sides.ts'

const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })
const never = 60_000

/** A fault from 20 s to 30 s, after which calls are slow until so long. */
function run(slowUntilMs: number, seed: number): ViewedRun {
  const random = randomOf(seed)
  const latencyMs = (ms: number) => (ms >= 20_000 && ms < slowUntilMs ? 800 : 100) * (0.9 + random() / 5)
  const calls = callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs })
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), calls })))
  return { folder: `runs/${seed}`, view }
}

const settled = [32_000, 33_000, 34_000, 33_000].map(run)
const late = [38_000, 39_000, 38_000, 39_000].map((ms, at) => run(ms, at + 10))
const open = [never, never, never, never].map((ms, at) => run(ms, at + 20))
const oneOpen = [32_000, 33_000, 34_000, never].map((ms, at) => run(ms, at + 30))

function recovery(base: readonly ViewedRun[], head: readonly ViewedRun[]): ComparisonRow {
  const { rows } = compareRuns({ base, head, foreign: [], limits: {} })
  const found = rows.find(({ measure }) => measure === 'recovery.after_heal')
  if (found === undefined) throw new Error('no recovery')
  return found
}

describe('the time of what was not over', () => {
  it('is an exact one where all runs saw the end', () => {
    const row = recovery(settled, late)
    expect(row).toMatchObject({ verdict: 'regression', why: expect.not.stringContaining('at least') })
    expect(row.difference?.interval.high).toBeLessThan(8_000)
  })

  it('is at least so much worse where head alone never came to it', () => {
    const row = recovery(settled, open)
    expect(row).toMatchObject({ verdict: 'regression', head: { value: 29_800 } })
    expect(row.difference?.interval.high).toBe(Number.POSITIVE_INFINITY)
    expect(row.difference?.interval.low).toBeGreaterThan(20_000)
    expect(row.why).toContain('in 4 of 4 runs of head it is known only as "at least"')
  })

  it('and so much better where base alone did not', () => {
    const row = recovery(open, settled)
    expect(row).toMatchObject({ verdict: 'improvement', difference: { interval: { low: Number.NEGATIVE_INFINITY } } })
    expect(row.difference?.interval.high).toBeLessThan(-20_000)
    expect(row.why).toContain('in 4 of 4 runs of base')
  })

  it.each<[reason: string, base: readonly ViewedRun[], head: readonly ViewedRun[], told: string]>([
    ['neither side came to it', open, open, 'in 4 of 4 runs of base and 4 of 4 of head'],
    ['it may lie either way', settled, oneOpen, 'in 1 of 4 runs of head'],
    ['the side that looks slower is the one that ended', oneOpen, late, 'in 1 of 4 runs of base'],
    ['few runs tell nothing of it in any case', settled.slice(0, 1), open.slice(0, 1), 'in 1 of 1 runs of head'],
  ])('shows nothing where %s', (_reason, base, head, told) => {
    const row = recovery(base, head)
    expect(row).toMatchObject({ verdict: 'too_little_evidence', difference: null, method: 'none' })
    expect(row.why).toContain(`${told} it is known only as "at least"`)
    expect([row.base === null, row.head === null]).toEqual([told.includes('base'), told.includes('head')])
  })
})
