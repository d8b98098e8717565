import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { renderComparisonPage } from '../../../reports/html/comparison-page.ts'
import { renderComparisonJson } from '../../../reports/json/comparison.ts'
import type { Comparison } from '../../domain/comparison.ts'
import { writeDerived } from '../../record/writer.ts'
import { assets } from '../assets.ts'
import { type CampaignFlags, runCampaign } from '../campaign.ts'
import { compareFolders, sidesOfFolders } from '../compare-folders.ts'
import { readLimits } from '../compare-limits.ts'
import { tellComparison } from '../comparison-text.ts'
import type { CliContext } from '../context.ts'
import { collect, type RunFlags, withRunFlags } from '../flags.ts'

const usageExitCode = 64

interface CompareFlags extends RunFlags, CampaignFlags {
  readonly base: readonly string[]
  readonly forceForeign?: boolean
  readonly minEffect: readonly string[]
}

/** Only for runs that are still to come. */
const campaignOnly = [
  ...['users', 'target', 'database', 'proxy', 'allowHost', 'stack', 'set', 'seed', 'unknown', 'quick'],
  ...['interleave', 'baseSet', 'headSet'],
]

/** `squall compare`: differences between runs that there are, or, with --repeat, between runs of two plans, in turn. */
export function compareCommand(context: CliContext): Command {
  const command = new Command('compare').description('is head slower than base, and how sure is that?')
  return withRunFlags(command, 'where the comparison goes, and with --repeat its runs (default: runs/<time>-compare)')
    .argument('<base>', 'a run folder, or a folder of several; with --repeat a plan')
    .argument('[run...]', 'run folders of head, or a folder of several; with --repeat one plan')
    .option('--base <dir>', 'one more run of the base; repeatable', collect, [])
    .option('--repeat <n>', 'run both plans so many times, and compare')
    .option(
      '--interleave',
      'with --repeat: in turn (base, head, head, base, …), so that a drift of the machine hits both',
    )
    .option('--base-set <path=value>', 'with --repeat: changes the base’s plan alone; repeatable', collect, [])
    .option('--head-set <path=value>', 'with --repeat: changes head’s plan alone; repeatable', collect, [])
    .option(
      '--min-effect <kind=size>',
      'what counts: relative=5%, time=5ms, errors=0.5%, pool=5%, count=1',
      collect,
      [],
    )
    .option('--force-foreign', 'compare runs of unlike machines, versions or load all the same, and mark it everywhere')
    .option('--json', 'comparison.json on stdout, and nothing else there')
    .action(async (base: string, runs: readonly string[], flags: CompareFlags, command: Command) => {
      const limits = readLimits(flags.minEffect)
      const given = campaignOnly.filter((name) => command.getOptionValueSource(name) === 'cli')
      const problems = [...limits.problems, ...wrongUse(base, runs, flags, given)]
      if (problems.length > 0) {
        context.stderr(`${problems.map((problem) => `squall: ${problem}`).join('\n')}\n`)
        context.setExitCode(usageExitCode)
        return
      }
      const out = outOf(flags, context)
      const isForced = flags.forceForeign === true
      const sides =
        flags.repeat === undefined
          ? sidesOfFolders([base, ...flags.base], runs)
          : await runCampaign(context, { base, head: runs[0] ?? '', folder: out.folder, flags, isForced })
      if (sides === null) return
      const compared = compareFolders(sides, isForced, limits.limits)
      if ('refusal' in compared) {
        context.stderr(compared.refusal)
        context.setExitCode(usageExitCode)
        return
      }
      tell(compared.comparison, out, flags, context)
    })
}

function wrongUse(
  base: string,
  runs: readonly string[],
  flags: CompareFlags,
  campaignFlags: readonly string[],
): readonly string[] {
  const dashed = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  const problems: string[] = []
  if (flags.repeat === undefined) {
    if (runs.length === 0) problems.push(`received ${base} alone, expected a run to compare it with`)
    if (campaignFlags.length > 0)
      problems.push(
        `received ${campaignFlags.map(dashed).join(', ')}, expected them with --repeat alone: these runs are over`,
      )
    return problems
  }
  const repeats = Number(flags.repeat)
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > repeatsMax)
    problems.push(`received --repeat ${flags.repeat}, expected a whole number from 1 to ${repeatsMax}`)
  if (runs.length !== 1)
    problems.push(`received ${runs.length} plans for head, expected one beside the base's with --repeat`)
  if (flags.base.length > 0) problems.push('received --base and --repeat, expected one or the other')
  return problems
}

/** A hundred runs of a minute take three hours; more of them tell nothing more. */
const repeatsMax = 100

interface Out {
  readonly folder: string
  readonly name: string
}

/** Where page and comparison.json come, and a campaign's runs. */
function outOf(flags: CompareFlags, context: CliContext): Out {
  if (flags.out !== undefined) return { folder: resolve(flags.out), name: 'comparison' }
  const time = new Date(context.clock.wallUnixUs() / 1_000).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  if (flags.repeat === undefined) return { folder: assets.runs, name: `${time}-comparison` }
  return { folder: join(assets.runs, `${time}-compare`), name: 'comparison' }
}

function tell(comparison: Comparison, { folder, name }: Out, flags: CompareFlags, context: CliContext): void {
  const json = renderComparisonJson(comparison)
  writeDerived(folder, `${name}.json`, json)
  writeDerived(folder, `${name}.html`, renderComparisonPage(comparison, folder))
  if (flags.json) context.stdout(json)
  const page = join(folder, `${name}.html`)
  context.stderr(tellComparison(comparison, page, context.isTerminal))
  context.setExitCode(comparison.exitCode)
}
