import type { Objective, Plan } from '../../domain/plan.ts'
import type { Finding, Report } from '../../domain/verdict.ts'
import { type CallsShape, callsOf, calmRun, timelineOf } from '../../measure/testing/calm-run.ts'
import { type GeneratedCall, type GeneratedRun, readGenerated } from '../../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from '../../measure/testing/plan-of.ts'
import { judgeRun } from '../judge-run.ts'

export const objectives: readonly Objective[] = [
  ...launchObjectives,
  objectiveOf('slow-p95', 'tool.latency.p95', 'slow', { max: 5_000 }),
  objectiveOf('slow-pool', 'pool.exhausted', 'slow', { is: false }),
  objectiveOf('back', 'recovery.after_heal', 'slow.recovery', { max: 20_000 }),
  objectiveOf('users', 'load.users.peak', 'run', { min: 50 }),
  objectiveOf('leaked', 'pool.leaked', 'run', { max: 0 }),
]
export const planned = (changes: Partial<Plan> = {}): Plan => planOf({ faults: [faultOf()], objectives, ...changes })
export const report = (changes: Partial<GeneratedRun> = {}): Report => {
  const plan = changes.plan ?? planned()
  return judgeRun(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ...changes }))).report
}
export const findingOf = (from: Report, id: string): Finding => {
  const found = from.findings.find((finding) => finding.id === id)
  if (found === undefined) throw new Error(`${id}: ${from.findings.map((finding) => finding.id).join()}`)
  return found
}
export const calls = (shape: Partial<CallsShape>): GeneratedCall[] =>
  callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20, ...shape })
export const slowInFault = (slowMs: number): GeneratedCall[] =>
  calls({ latencyMs: (ms) => (ms >= 20_000 && ms < 30_000 ? slowMs : 20) })
