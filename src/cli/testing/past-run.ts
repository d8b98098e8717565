import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NewestDrill, PreviousDrill } from '../../domain/past-drill.ts'
import type { DrillPlan, Plan } from '../../domain/plan.ts'
import { callsOf, calmRun, timelineOf } from '../../measure/testing/calm-run.ts'
import { writeRun } from '../../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../../measure/testing/plan-of.ts'
import { judgeFolder } from '../judgement.ts'

export const failover: DrillPlan = { name: 'failover', mode: 'automatic', horizonMs: 60_000, every: 'quarter' }

export interface PastRunShape {
  readonly id?: string
  readonly startedAt?: string
  readonly plan?: Partial<Plan>
  readonly drill?: DrillPlan | null
  readonly previousDrill?: PreviousDrill | null
  readonly newestDrill?: NewestDrill | null
  /** Of each call; more than 500 misses the launch bound. */
  readonly latencyMs?: number
}

/** A recorded run of a minute, with a log, in `runs/<name>`; its folder. */
export function recordRun(runs: string, name: string, shape: PastRunShape = {}): string {
  const { id = `id-of-${name}`, startedAt, drill = null, latencyMs = 20, previousDrill, newestDrill } = shape
  const folder = join(runs, name)
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const plan = planOf({ objectives: launchObjectives, faults: [faultOf()], drill, ...shape.plan })
  const calls = callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => latencyMs })
  writeRun(folder, calmRun({ plan, timeline: timelineOf(plan), calls }))
  writeFileSync(join(folder, 'logs', 'server.log'), 'ready\n')
  const file = join(folder, 'run.json')
  const written: object = JSON.parse(readFileSync(file, 'utf8'))
  const more = { previousDrill, newestDrill, ...(startedAt === undefined ? {} : { startedAt }) }
  writeFileSync(file, `${JSON.stringify({ ...written, id, ...more })}\n`)
  return folder
}

/** The same, judged. */
export async function judgedRun(runs: string, name: string, shape: PastRunShape = {}): Promise<string> {
  const folder = recordRun(runs, name, shape)
  await judgeFolder(folder)
  return folder
}
