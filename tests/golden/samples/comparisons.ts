import type { Comparison } from '../../../src/domain/comparison.ts'
import { compareRuns } from '../../../src/judge/compare-runs.ts'
import type { ViewedRun } from '../../../src/judge/drawn-sides.ts'
import { foreignDifferences } from '../../../src/judge/foreign.ts'
import { RunView } from '../../../src/measure/run-view.ts'
import { type CallsShape, callsOf, calmRun, randomOf, timelineOf } from '../../../src/measure/testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from '../../../src/measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../../../src/measure/testing/plan-of.ts'

const plan = planOf({ objectives: launchObjectives, faults: [faultOf()] })

/** A minute of 50 calls a second, each between 0.75 and 1.25 times as long as told. */
function runOf(seed: number, medianMs: number, shape: Partial<CallsShape> = {}, run: Partial<GeneratedRun> = {}) {
  const random = randomOf(seed)
  const latencyMs = () => medianMs * (0.75 + random() / 2)
  const calls = callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs, ...shape })
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), calls, ...run })))
  return { folder: `/runs/compare/${seed < 50 ? 'base' : 'head'}/${seed}`, view } satisfies ViewedRun
}

function compared(base: readonly ViewedRun[], head: readonly ViewedRun[]): Comparison {
  const named = [...base, ...head].map(({ folder, view }) => ({ folder, run: view.folder.run }))
  return compareRuns({ base, head, foreign: foreignDifferences(named), limits: {} })
}

const four = (from: number, medianMs: number) => [0, 1, 2, 3].map((at) => runOf(from + at, medianMs * (1 + 0.004 * at)))

/** Comparisons of generated runs, each as `squall compare` makes it. */
export const comparisons: Readonly<Record<string, () => Comparison>> = {
  'one run a side': () => compared([runOf(1, 100)], [runOf(51, 100)]),
  'a regression of four runs a side': () => compared(four(1, 100), four(51, 130)),
  // Most percentiles of head are without an end, as so many calls have none that is good.
  'head fails': () => compared([runOf(1, 100)], [runOf(51, 100, { outcome: () => 'tool_error' })]),
  'forced, with too little evidence': () =>
    compared(
      [runOf(1, 100, { users: 1, endMs: 8_000 })],
      [runOf(51, 100, { users: 1, endMs: 8_000 }, { plan: { ...plan, quick: true } })],
    ),
}
