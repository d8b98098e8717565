import { join } from 'node:path'
import { foreignLoads } from '../judge/foreign.ts'
import { formatProblems } from '../plan/problems.ts'
import { type Side, turnsOf } from '../study/turns.ts'
import { runPlan } from './commands/run.ts'
import { refusalOf, type Sides } from './compare-folders.ts'
import type { CliContext } from './context.ts'
import { overridesOf, type RunFlags } from './flags.ts'
import { judgeFolder } from './judgement.ts'

export interface CampaignFlags {
  readonly repeat?: string
  readonly interleave?: boolean
  readonly baseSet: readonly string[]
  readonly headSet: readonly string[]
}

interface CampaignSpec {
  /** Plans. */
  readonly base: string
  readonly head: string
  /** Its runs come to lie in `base/1`, `head/1` and so on. */
  readonly folder: string
  readonly flags: RunFlags & CampaignFlags
  readonly isForced: boolean
}

const usageExitCode = 64

/**
 * Runs both plans, each as often as asked. null: a plan has problems, the two cannot be compared, or a run did not end as
 * planned, which has been told; with the first such run the campaign ends.
 */
export async function runCampaign(context: CliContext, spec: CampaignSpec): Promise<Sides | null> {
  const { flags, folder } = spec
  if (!(await checkPlans(context, spec))) return null
  const turns = turnsOf(Number(flags.repeat), flags.interleave === true)
  const sides: Record<Side, string[]> = { base: [], head: [] }
  for (const [at, { side, number }] of turns.entries()) {
    context.stderr(`\n${at + 1} of ${turns.length}: ${side} ${number}\n`)
    const out = join(folder, side, String(number))
    const executed = await runPlan(context, spec[side], { ...flagsOf(side, flags), out })
    if (executed === null) return null
    const { report } = await judgeFolder(executed.folder)
    context.stderr(`${side} ${number}: ${report.summary}\n`)
    // Its exit code has been set.
    if (executed.end.reason !== 'planned') return null
    sides[side].push(executed.folder)
  }
  return sides
}

function flagsOf(side: Side, flags: RunFlags & CampaignFlags): RunFlags {
  return { ...flags, set: [...flags.set, ...(side === 'base' ? flags.baseSet : flags.headSet)] }
}

/** What a run would find wrong in an hour is told now. */
async function checkPlans(context: CliContext, { base, head, flags, isForced }: CampaignSpec): Promise<boolean> {
  const ofBase = await context.loadPlan(base, overridesOf(flagsOf('base', flags)))
  const ofHead = await context.loadPlan(head, overridesOf(flagsOf('head', flags)))
  if (ofBase.plan && ofHead.plan) {
    const foreign = foreignLoads(ofBase.plan, ofHead.plan, head)
    if (foreign.length === 0 || isForced) return true
    context.stderr(refusalOf(foreign, base))
  } else {
    context.stderr(`${formatProblems([...ofBase.problems, ...ofHead.problems])}\n`)
  }
  context.setExitCode(usageExitCode)
  return false
}
