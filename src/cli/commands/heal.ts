import { Command } from 'commander'
import { clearDeadRuns, healKeptRun, listOpenRuns, type OpenRun, tellCleared } from '../../keeper/clear.ts'
import { findPlaces } from '../../setup/places.ts'
import type { CliContext } from '../context.ts'

const brokenExitCode = 3

/** What became of one open run; `problems` is empty when nothing of its faults is left. */
interface HealedRun {
  readonly runId: string
  readonly text: string
  readonly problems: readonly string[]
}

/** `squall heal`: undoes what dead runs left and ends what is left of them; undoes the faults of kept stacks. */
export function healCommand(context: CliContext): Command {
  return new Command('heal')
    .description('undo the faults that dead runs left, and end what is left of them; kept stacks go on, healed')
    .option('--json', 'print what was done as JSON on stdout, nothing else there')
    .action(async (flags: { readonly json?: boolean }) => {
      const healed = await healEverything(findPlaces().stateDir, context)
      if (healed.some(({ problems }) => problems.length > 0)) context.setExitCode(brokenExitCode)
      if (flags.json === true) context.stdout(`${JSON.stringify(healed, null, 2)}\n`)
      else context.stderr(healed.length === 0 ? 'nothing to heal\n' : healed.map(({ text }) => `${text}\n`).join(''))
    })
}

async function healEverything(stateDir: string, { clock }: CliContext): Promise<HealedRun[]> {
  const cleared = await clearDeadRuns(stateDir, clock)
  const others = listOpenRuns(stateDir).filter(({ state }) => state !== 'dead')
  return [
    ...cleared.map((run): HealedRun => ({ runId: run.runId, text: tellCleared(run), problems: run.problems })),
    ...(await Promise.all(others.map((run) => healLiving(run, clock)))),
  ]
}

async function healLiving(run: OpenRun, clock: CliContext['clock']): Promise<HealedRun> {
  const { runId, state, faults } = run
  if (state !== 'kept') return { runId, text: `${runId}: ${leftAlone[state]}; left alone`, problems: [] }
  const left = await healKeptRun(run, clock)
  if (left.length > 0) {
    const problem = `not undone: ${left.join(', ')}; squall down ${runId} ends it`
    return { runId, text: `${runId}: ${problem}`, problems: [problem] }
  }
  return {
    runId,
    text: `${runId}: ${faults.length === 0 ? 'no fault' : `undid ${faults.join(', ')}`}; kept`,
    problems: [],
  }
}

const leftAlone = {
  at_work: 'its harness is at work',
  dead: 'died this moment',
  elsewhere: 'of another machine or container that shares the state folder',
  newer: 'of a newer Squall',
} as const
