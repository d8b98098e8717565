import { Command } from 'commander'
import type { NewestDrill } from '../../domain/past-drill.ts'
import type { Plan } from '../../domain/plan.ts'
import { formatProblems } from '../../plan/problems.ts'
import { readAccess } from '../access.ts'
import type { CliContext } from '../context.ts'
import { readDatabaseFlag } from '../database-flag.ts'
import { type Executed, execute } from '../execute.ts'
import { readPassword } from '../find-beside.ts'
import { overridesOf, type RunFlags, withRunFlags } from '../flags.ts'
import { isManual, needsTerminal } from '../manual.ts'

const exitCodes = { usage: 64, broken: 3, interrupted: 130 } as const

/**
 * Checks a plan and runs it; null when it has problems, or nobody could answer what it asks, which has been told (exit 64,
 * nothing started). A gate
 * looks for the newest drill before.
 */
export async function runPlan(
  context: CliContext,
  name: string,
  flags: RunFlags,
  findNewestDrill?: () => NewestDrill | null,
): Promise<Executed | null> {
  const { plan, problems, advice } = await context.loadPlan(name, overridesOf(flags))
  if (!plan) {
    context.stderr(`${formatProblems(problems)}\n`)
    context.setExitCode(exitCodes.usage)
    return null
  }
  if (isManual(plan) && context.openLines === null) {
    context.stderr(`squall: ${needsTerminal}\n`)
    context.setExitCode(exitCodes.usage)
    return null
  }
  const { access, problems: lacking } = readAccess(plan, process.env, process.cwd())
  if (access === null) {
    context.stderr(formatProblems(lacking))
    context.setExitCode(exitCodes.usage)
    return null
  }
  const typed = flags.database === undefined ? null : readDatabaseFlag(flags.database).password
  const { password, problems: unknown } = readPassword(plan, typed, process.env)
  if (unknown.length > 0) {
    context.stderr(formatProblems(unknown))
    context.setExitCode(exitCodes.usage)
    return null
  }
  context.stderr(`${describe(plan)}\n`)
  for (const { severity, path, why } of advice)
    context.stderr(`${severity === 'warning' ? 'advice' : 'note'}: ${why} (${path})\n`)
  const known = findNewestDrill === undefined || plan.drill !== null ? {} : { newestDrill: findNewestDrill() }
  const executed = await execute(context, { plan, advice, access, password, out: flags.out ?? null, ...known })
  const { end } = executed
  if (end.reason === 'broken') {
    context.stderr(`squall: ${end.error.message}\n${end.error.hint ? `  hint: ${end.error.hint}\n` : ''}`)
    context.setExitCode(exitCodes.broken)
  }
  if (end.reason === 'interrupted') context.setExitCode(exitCodes.interrupted)
  return executed
}

function describe(plan: Plan): string {
  const users = Math.max(...plan.load.phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo]))
  const seconds = Math.round((plan.load.phases.at(-1)?.endMs ?? 0) / 1_000)
  const preset = plan.stack.preset === null ? '' : ` (${plan.stack.preset})`
  const faults = plan.faults.map(({ id }) => id).join(', ') || 'none'
  const quick = plan.quick ? ', quick' : ''
  return `${plan.name}${preset}: ${users} users for ${seconds} s${quick}; faults: ${faults}`
}

export function runCommand(context: CliContext): Command {
  return withRunFlags(new Command('run').description('run a plan and record it; judge it later by `squall report`'))
    .argument('[plan]', 'a name in plans/, or a path', 'launch-gate')
    .action(async (name: string, flags: RunFlags) => {
      const executed = await runPlan(context, name, flags)
      if (executed) context.stderr(`recorded: ${executed.folder}\n`)
    })
}
