import { Command } from 'commander'
import type { Catalogue } from '../../domain/catalogue.ts'
import { targetText } from '../../domain/instances.ts'
import type { Advice, Plan, PlannedFault, StartCondition } from '../../domain/plan.ts'
import { formatProblems } from '../../plan/problems.ts'
import { formatDurationMs } from '../../plan/quantity.ts'
import type { CliContext } from '../context.ts'
import { overridesOf, type RunFlags, withPlanFlags } from '../flags.ts'
import { showParameters } from './show-parameters.ts'
import { alignRows } from './table.ts'

/** Bad usage or an invalid plan (sysexits.h EX_USAGE). */
const invalidExitCode = 64

/** `squall validate [plan]`: every problem at once and exit 64, or what would run when, and the lints' advice. */
export function validateCommand(context: CliContext): Command {
  const command = new Command('validate')
    .description('check a plan: all problems at once, or its timeline and advice')
    .argument('[plan]', 'a name in plans/, or a path', 'launch-gate')
  return withPlanFlags(command)
    .option('--json', 'print the result as JSON on stdout, nothing else there')
    .action(async (name: string, flags: RunFlags) => {
      const { plan, problems, advice } = await context.loadPlan(name, overridesOf(flags))
      if (plan === null) context.setExitCode(invalidExitCode)
      if (flags.json === true) {
        const result = { schemaVersion: 1, valid: plan !== null, problems, advice, plan }
        context.stdout(`${JSON.stringify(result, null, 2)}\n`)
      } else if (plan === null) {
        const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
        context.stderr(`${name}: ${count}\n${formatProblems(problems)}`)
      } else {
        context.stdout(describePlan(plan, advice, await context.catalogue()))
      }
    })
}

/** What would run when, as a table, and the lints' advice. */
function describePlan(plan: Plan, advice: readonly Advice[], catalogue: Catalogue): string {
  const { load, stack } = plan
  const users = Math.max(...load.phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo]))
  const judged = plan.objectives.filter((objective) => objective.judged).length
  const facts = [
    `${plan.quick ? 'quick, ' : ''}${formatDurationMs(load.phases.at(-1)?.endMs ?? 0)}`,
    `${users} users of ${load.workload} with a call every ${formatDurationMs(load.paceMs)} each`,
    stack.preset === null ? 'no preset' : `preset ${stack.preset}`,
    `${judged} judged ${judged === 1 ? 'objective' : 'objectives'}`,
    `seed ${plan.seed}`,
  ]
  return `${plan.name}: valid\n${facts.join(' · ')}\n\n${timeline(plan, catalogue)}${describeAdvice(advice)}`
}

function timeline(plan: Plan, catalogue: Catalogue): string {
  const phases = plan.load.phases.map(({ id, startMs, endMs, usersFrom, usersTo, judged }) => {
    const users = usersFrom === usersTo ? `${usersTo} users` : `${usersFrom} → ${usersTo} users`
    return { startMs, cells: span(startMs, endMs, id, judged ? users : `${users}, not judged`) }
  })
  const faults = plan.faults.map((fault) => {
    const { id, startMs, forMs, recoveryMs } = fault
    const parameters = showParameters(fault.with, catalogue.faults.get(fault.fault)?.parameters ?? {})
    const healMs = startMs + forMs
    const recovery = recoveryMs === 0 ? 'no recovery' : recoveryOf(fault)
    const what = [
      `${fault.fault} on ${targetText(fault)}${parameters === '' ? '' : ` (${parameters})`}`,
      recovery,
    ].join(', ')
    if (fault.after !== undefined)
      return { startMs, cells: [`from ${seconds(startMs)} on`, '', `  ${id}`, `${what}, ${awaited(fault.after)}`] }
    return { startMs, cells: span(startMs, healMs, `  ${id}`, what) }
  })
  // A stable sort: a phase comes before the faults that start with it.
  const rows = [...phases, ...faults].sort((a, b) => a.startMs - b.startMs)
  return alignRows([['from', 'to', 'id', 'what'], ...rows.map(({ cells }) => cells)])
}

function recoveryOf({ startMs, forMs, recoveryMs, after }: PlannedFault): string {
  const healMs = startMs + forMs
  return after === undefined
    ? `recovery until ${formatDurationMs(healMs + recoveryMs)}`
    : `${formatDurationMs(forMs)} long, recovery of ${formatDurationMs(recoveryMs)}`
}

function awaited({ condition, latestMs }: NonNullable<PlannedFault['after']>): string {
  return `after ${shownCondition(condition)}, by ${seconds(latestMs)} or never`
}

function shownCondition(condition: StartCondition): string {
  switch (condition.kind) {
    case 'calls':
      return `${condition.count} calls`
    case 'log':
      return `${JSON.stringify(condition.text)} in the log of ${condition.node}`
    case 'lag':
      return `a lag of ${formatDurationMs(condition.ms)}`
  }
}

function span(startMs: number, endMs: number, id: string, what: string): readonly string[] {
  return [seconds(startMs), seconds(endMs), id, what]
}

/** All in one unit, so that a column can be read downwards. */
function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(3))} s`
}

function describeAdvice(advice: readonly Advice[]): string {
  if (advice.length === 0) return '\nNo advice.\n'
  const lines = advice.map(({ severity, id, path, why }) => `  ${severity} ${id} at ${path}\n    ${why}\n`)
  return `\nAdvice (changes no verdict):\n${lines.join('')}`
}
