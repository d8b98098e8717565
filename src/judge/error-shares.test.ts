import { expect, it } from 'vitest'
import type { Comparison } from '../domain/comparison.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, randomOf, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import { compareRuns } from './compare-runs.ts'

const calm = { startMs: 0, endMs: 30_000 }
/** Calls of the calm are over by then: a call that the fault meets is not calm any more. */
const harmed = { startMs: 31_000, endMs: 60_000 }

interface Asked {
  /** Which of the two halves are judged. */
  readonly judged: 'calm' | 'harmed' | 'both'
  /** How many times as long calls take in head. */
  readonly slowerCalm?: number
  readonly slowerHarmed?: number
}

/** Half a minute of calm, and as much of which a fault takes all: nothing but its calls is observed. */
function compared({ judged, slowerCalm = 1, slowerHarmed = 1 }: Asked): Comparison {
  const usual = planOf({ observe: { ...planOf().observe, pool: null }, objectives: launchObjectives })
  const phase = { usersFrom: 12, usersTo: 12 }
  const plan = {
    ...usual,
    faults: judged === 'calm' ? [] : [faultOf({ startMs: 31_000, forMs: 28_500, recoveryMs: 0 })],
    load: {
      ...usual.load,
      phases: [
        { id: 'calm', ...calm, ...phase, judged: judged !== 'harmed' },
        { id: 'harmed', ...harmed, ...phase, judged: judged !== 'calm' },
      ],
    },
  }
  const database = [{ tUs: 0, connections: 5 }]
  const run = (seed: number, times: (ms: number) => number) => {
    const random = randomOf(seed)
    const latencyMs = (ms: number) => 100 * times(ms) * (0.75 + random() / 2)
    const calls = callsOf({ users: 12, startMs: 0, endMs: 60_000, latencyMs })
    const { pool: _, ...generated } = calmRun({ plan, timeline: timelineOf(plan), calls, database })
    return { folder: `runs/${seed}`, view: new RunView(readGenerated(generated)) }
  }
  const head = run(2, (ms) => (ms < 30_000 ? slowerCalm : slowerHarmed))
  return compareRuns({ base: [run(1, () => 1)], head: [head], foreign: [], limits: {} })
}

/** The smallest of all rows of a window. */
const leastP = ({ rows }: Comparison, window: string) =>
  Math.min(...rows.filter((row) => row.window === window).map(({ difference }) => difference?.p ?? 1))

it.each<[reason: string, window: string, slower: Omit<Asked, 'judged'>, alone: Asked['judged'], times: number]>([
  ['four fifths, which makes p a quarter larger', 'calm.clear', { slowerCalm: 1.1 }, 'calm', 1.25],
  ['a fifth, which makes p five times as large', 'slow', { slowerHarmed: 1.1 }, 'harmed', 5],
])('of the error that all rows may make those of %s: %s', (_reason, window, slower, alone, times) => {
  const beside = leastP(compared({ judged: 'both', ...slower }), window)
  expect(beside).toBeLessThan(1)
  expect(beside / leastP(compared({ judged: alone, ...slower }), window)).toBeCloseTo(times, 6)
})

it('compares the windows that count in all runs, and leaves out no other', () => {
  const { rows, windowsLeftOut } = compared({ judged: 'both' })
  expect([...new Set(rows.map(({ window }) => window))]).toEqual(['calm.clear', 'slow'])
  expect(windowsLeftOut).toEqual([])
})

it('rests on the key rows of the calm alone, as long as nothing is called elsewhere', () => {
  const both = compared({ judged: 'both' })
  expect(both.rows.filter(({ isKey }) => isKey).map(({ measure, window }) => `${measure} (${window})`)).toEqual([
    'tool.latency.p95 (calm.clear)',
    'tool.error_ratio (calm.clear)',
  ])
  expect(compared({ judged: 'harmed' })).toMatchObject({ verdict: 'too_little_evidence', exitCode: 2 })
  expect(compared({ judged: 'harmed', slowerHarmed: 2 })).toMatchObject({ verdict: 'regression', exitCode: 1 })
  expect(compared({ judged: 'calm', slowerCalm: 2 })).toMatchObject({ verdict: 'regression', exitCode: 1 })
})
