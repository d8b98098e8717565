import type { ViewedRun } from '../../src/judge/drawn-sides.ts'
import { RunView } from '../../src/measure/run-view.ts'
import { randomOf } from '../../src/measure/testing/calm-run.ts'
import type { GeneratedCall, GeneratedPoolRow, GeneratedRun } from '../../src/measure/testing/generated-run.ts'
import { withFolder, writeRun } from '../../src/measure/testing/generated-run.ts'
import { objectiveOf, planOf } from '../../src/measure/testing/plan-of.ts'
import { readRunFolder } from '../../src/record/reader.ts'
import { type LoadedShape, loadedCalls, usualShape } from './loaded-run.ts'

const warmUpS = 9

function planFor({ users, seconds }: LoadedShape) {
  const usual = planOf()
  const endMs = seconds * 1_000
  const warm = { id: 'warm-up', startMs: 0, endMs: warmUpS * 1_000, usersFrom: users, usersTo: users, judged: false }
  const steady = { ...warm, id: 'steady', startMs: warm.endMs, endMs, judged: true }
  const objectives = [objectiveOf('p95', 'tool.latency.p95', 'steady.clear', { max: 5_000 })]
  return planOf({ load: { ...usual.load, phases: [warm, steady] }, objectives })
}

/** As many connections in use as calls are under way, each for the middle third of its time. */
function poolRows(calls: readonly GeneratedCall[], seconds: number): GeneratedPoolRow[] {
  const everyUs = 250_000
  const used = new Array<number>((seconds + 8) * 4).fill(0)
  for (const { startedUs, endedUs } of calls) {
    if (startedUs === null || endedUs === null) continue
    const thirdUs = (endedUs - startedUs) / 3
    const last = Math.min(used.length - 1, Math.floor((endedUs - thirdUs) / everyUs))
    for (let at = Math.ceil((startedUs + thirdUs) / everyUs); at <= last; at++) used[at] = (used[at] ?? 0) + 1
  }
  const before = Array.from({ length: 8 }, (_, at) => ({ tUs: (at - 8) * everyUs + 3_000, used: 0 }))
  const during = used.map((count, at) => ({ tUs: at * everyUs + 3_000, used: count }))
  return [...before, ...during].map((row) => ({ ...row, tookUs: 3_000, max: 100, pending: 0 }))
}

/** A whole simulated run by its seed: calls, pool, connections to the database. */
export function simulatedRun(seed: number, shape: LoadedShape): GeneratedRun {
  const plan = planFor(shape)
  const calls = loadedCalls(seed, shape)
  const endUs = shape.seconds * 1_000_000 + 7_000_000
  const random = randomOf(seed + 77)
  return {
    plan,
    calls,
    endUs,
    pool: poolRows(calls, shape.seconds),
    database: Array.from({ length: shape.seconds + 8 }, (_, second) => ({
      tUs: second * 1_000_000 - 1_000_000 + 2_000,
      ...{ connections: 20 + Math.floor(random() * 3), deadlocks: 0, blocksHit: 9 * second, blocksRead: second },
      startedAt: 'a',
    })),
    timeline: [
      [0, 't0', null, { monotonicUs: 1, wallUnixUs: 1 }],
      [endUs - 6_900_000, 'load', 'k6-1', { edge: 'end', reason: 'planned' }],
      [endUs, 'end', null, { reason: 'planned' }],
    ],
  }
}

/** The same as a comparison sees it: written as a run folder, and read back by the reader that reads real ones. */
export function viewedRun(seed: number, changes: Partial<LoadedShape> = {}): ViewedRun {
  const run = simulatedRun(seed, { ...usualShape, ...changes })
  const folder = withFolder((at) => {
    writeRun(at, run)
    return readRunFolder(at)
  })
  return { folder: `run-${seed}`, view: new RunView(folder) }
}
