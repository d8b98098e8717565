import { join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import { drillPrefix, drills } from '../../../chaos/drills/registry.ts'
import { renderDrillsPage } from '../../../reports/html/drills-page.ts'
import { boundText, measuredText } from '../../../reports/text/finding-lines.ts'
import { type PromiseKind, promised } from '../../domain/promise.ts'
import type { Report } from '../../domain/verdict.ts'
import { didYouMean, listNames } from '../../plan/problems.ts'
import { writeDerived } from '../../record/writer.ts'
import { assets } from '../assets.ts'
import type { CliContext } from '../context.ts'
import { type RunFlags, withRunFlags } from '../flags.ts'
import { Interrupted } from '../interrupt.ts'
import { judgeFolder } from '../judgement.ts'
import { needsTerminal } from '../manual.ts'
import { tellError } from '../problem.ts'
import { tellVerdict } from '../verdict-text.ts'
import { runPlan } from './run.ts'
import { alignRows } from './table.ts'

const usageExitCode = 64
const interruptedExitCode = 130

interface DrillFlags extends RunFlags {
  readonly all?: boolean
  readonly manual?: boolean
}

interface Done {
  readonly name: string
  /** null: it could not be carried out. */
  readonly report: Report | null
  readonly folder: string | null
}

export function drillCommand(context: CliContext): Command {
  return withRunFlags(
    new Command('drill').description('recovery drills: how long until it works again (RTO), what is lost (RPO)'),
  )
    .option('--all', 'every drill, one after the other: the quarterly run')
    .option('--manual', 'mode manual: shows the steps, and asks on the terminal before each act')
    .option('--json', 'report.json of each drill on stdout, one a line, and nothing else there')
    .option('--yes', 'ask nothing; accepted for scripts')
    .argument('[name...]', `which drills; \`squall list drills\` shows them`)
    .action(async (names: readonly string[], flags: DrillFlags) => {
      const wanted = flags.all === true ? [...drills.keys()] : names
      if (!check(wanted, names, flags, context)) return
      const done: Done[] = []
      try {
        for (const name of wanted) done.push(await carryOutOrTell(name, wanted.length, flags, context))
      } finally {
        // What an interrupt has left out was not carried out, and is told so.
        const left = wanted.slice(done.length).map((name): Done => ({ name, report: null, folder: null }))
        if (wanted.length > 1) tellAll([...done, ...left], flags, context)
      }
    })
}

/** Tells all that is wrong with the names; nothing is started then. */
function check(
  wanted: readonly string[],
  names: readonly string[],
  { all, manual }: DrillFlags,
  context: CliContext,
): boolean {
  const known = [...drills.keys()]
  const problems = wanted
    .filter((name) => !drills.has(name))
    .map((name) => `received the drill ${name}, expected one of ${listNames(known)}${didYouMean(name, known)}`)
  if (wanted.length === 0)
    problems.push(`received no drill, expected the name of one or more (${listNames(known)}), or --all`)
  const twice = wanted.filter((name, at) => wanted.indexOf(name) !== at)
  if (twice.length > 0) problems.push(`received ${[...new Set(twice)].join(', ')} twice, expected each drill once`)
  if (all === true && names.length > 0)
    problems.push(`received --all and ${names.join(', ')}, expected one or the other`)
  if (manual === true && context.openLines === null) problems.push(needsTerminal)
  if (problems.length === 0) return true
  context.stderr(`${problems.map((problem) => `squall: ${problem}`).join('\n')}\n`)
  context.setExitCode(usageExitCode)
  return false
}

/**
 * One that cannot be carried out, such as for a stack that does not start, keeps the others from nothing: it is told,
 * with its exit code. @throws Interrupted
 */
async function carryOutOrTell(name: string, count: number, flags: DrillFlags, context: CliContext): Promise<Done> {
  if (context.interrupt.aborted) throw new Interrupted()
  try {
    const done = await carryOut(name, count, flags, context)
    if (context.interrupt.aborted && count > 1) context.setExitCode(interruptedExitCode)
    return done
  } catch (error) {
    if (error instanceof Interrupted || count === 1) throw error
    const told = tellError(error)
    context.stderr(told.text)
    context.setExitCode(told.exitCode)
    return { name, report: null, folder: null }
  }
}

async function carryOut(name: string, count: number, flags: DrillFlags, context: CliContext): Promise<Done> {
  const own = flags.out !== undefined && count > 1 ? { ...flags, out: join(flags.out, name) } : flags
  const set = flags.manual === true ? [...own.set, 'drill.mode=manual'] : own.set
  const executed = await runPlan(context, `${drillPrefix}${name}`, { ...own, set })
  if (!executed) return { name, report: null, folder: null }
  const { report, reportJson } = await judgeFolder(executed.folder)
  if (flags.json) context.stdout(`${JSON.stringify(JSON.parse(reportJson))}\n`)
  context.stderr(tellVerdict(report, executed.folder, context.isTerminal))
  if (executed.end.reason === 'planned') context.setExitCode(report.exitCode)
  return { name, report, folder: executed.folder }
}

/** The table in the terminal, and the page beside the run folders. */
function tellAll(done: readonly Done[], { out }: DrillFlags, context: CliContext): void {
  const time = new Date(context.clock.wallUnixUs() / 1_000).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  const [folder, file] = out === undefined ? [assets.runs, `${time}-drills.html`] : [resolve(out), 'index.html']
  const onPage = done.map(({ name, report, folder: run }) => ({
    name,
    report,
    href: run === null ? '' : `${encodeURI(relative(folder, run))}/report.html`,
  }))
  writeDerived(folder, file, renderDrillsPage(onPage))
  context.stderr(`\n${alignRows([['drill', 'verdict', 'RTO', 'RPO'], ...done.map(rowOf)])}`)
  context.stderr(`all of them: ${join(folder, file)}\n`)
}

function rowOf({ name, report }: Done): readonly string[] {
  const shown = (kind: PromiseKind): string => {
    const finding = promised(report?.findings ?? [], kind)
    return finding === undefined ? '-' : `${measuredText(finding.measured)} (${boundText(finding.bound)})`
  }
  return [name, report?.verdict ?? 'not carried out', shown('rto'), shown('rpo')]
}
