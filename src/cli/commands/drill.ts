import { join } from 'node:path'
import { Command } from 'commander'
import { drillPrefix, drills } from '../../../chaos/drills/registry.ts'
import type { Report } from '../../domain/verdict.ts'
import { didYouMean, listNames } from '../../plan/problems.ts'
import type { CliContext } from '../context.ts'
import { type RunFlags, withRunFlags } from '../flags.ts'
import { judgeFolder } from '../judgement.ts'
import { tellVerdict } from '../verdict-text.ts'
import { runPlan } from './run.ts'
import { alignRows } from './table.ts'

const usageExitCode = 64

interface DrillFlags extends RunFlags {
  readonly all?: boolean
}

interface Done {
  readonly name: string
  /** null: it could not be carried out. */
  readonly report: Report | null
}

export function drillCommand(context: CliContext): Command {
  return withRunFlags(
    new Command('drill').description('recovery drills: how long until it works again (RTO), what is lost (RPO)'),
  )
    .option('--all', 'every drill, one after the other: the quarterly run')
    .option('--json', 'report.json of each drill on stdout, one a line, and nothing else there')
    .option('--yes', 'ask nothing; accepted for scripts')
    .argument('[name...]', `which drills; \`squall list drills\` shows them`)
    .action(async (names: readonly string[], flags: DrillFlags) => {
      const wanted = flags.all === true ? [...drills.keys()] : names
      if (!check(wanted, flags, context)) return
      const done: Done[] = []
      for (const name of wanted) {
        if (context.interrupt.aborted) break
        done.push(await carryOut(name, wanted.length, flags, context))
      }
      if (done.length > 1) context.stderr(`\n${alignRows(done.map(rowOf))}`)
    })
}

/** Tells all that is wrong with the names; nothing is started then. */
function check(wanted: readonly string[], { all, out }: DrillFlags, context: CliContext): boolean {
  const known = [...drills.keys()]
  const problems = wanted
    .filter((name) => !drills.has(name))
    .map((name) => `received the drill ${name}, expected one of ${listNames(known)}${didYouMean(name, known)}`)
  if (wanted.length === 0)
    problems.push(`received no drill, expected the name of one or more (${listNames(known)}), or --all`)
  if (all === true && out === undefined && problems.length === 0) return true
  if (problems.length === 0) return true
  context.stderr(`${problems.map((problem) => `squall: ${problem}`).join('\n')}\n`)
  context.setExitCode(usageExitCode)
  return false
}

async function carryOut(name: string, count: number, flags: DrillFlags, context: CliContext): Promise<Done> {
  const own = flags.out !== undefined && count > 1 ? { ...flags, out: join(flags.out, name) } : flags
  const executed = await runPlan(context, `${drillPrefix}${name}`, own)
  if (!executed) return { name, report: null }
  const { report, reportJson } = await judgeFolder(executed.folder)
  if (flags.json) context.stdout(`${JSON.stringify(JSON.parse(reportJson))}\n`)
  context.stderr(tellVerdict(report, executed.folder, context.isTerminal))
  if (executed.end.reason === 'planned') context.setExitCode(report.exitCode)
  return { name, report }
}

function rowOf({ name, report }: Done): readonly string[] {
  const shown = (measure: string): string => {
    const finding = report?.findings.find((one) => one.measure === measure)
    return finding === undefined ? '' : finding.why
  }
  return [name, report?.verdict ?? 'not carried out', shown('recovery.rto_sustained'), shown('data.rpo')]
}
