import { realpathSync } from 'node:fs'
import type { Clock } from '../domain/clock.ts'
import { goneAfterKillMsMax, pollMs } from './limits.ts'
import type { ProcessMark, ProcessRow } from './process-table.ts'
import { isRunning, runningTrees, runningWithVariable } from './process-table.ts'
import { becomes } from './waiting.ts'

/** In the environment of all that belongs to a run; its value is `markOf` the run's state folder. */
export const markName = 'SQUALL_STATE_FOLDER'

/** The folder's one true path, whichever way one came to it. */
export function markOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

export interface Endable extends ProcessMark {
  readonly name: string
  /** What it is asked to go with: SIGTERM, or PostgreSQL's SIGQUIT, which waits for no client and writes nothing. */
  readonly endSignal: NodeJS.Signals
}

export interface EndOptions {
  readonly graceMs: number
  /** Also what carries this value of `markName`; null: only the processes named and their descendants. */
  readonly markValue: string | null
  readonly clock: Clock
}

export interface Ended {
  /** Names of those that were still running. */
  readonly ended: readonly string[]
  /** How many processes, descendants included, had to be killed. */
  readonly killedCount: number
  /** Still there: in a system call that cannot be interrupted, or not ours to end. */
  readonly left: readonly ProcessMark[]
}

/**
 * Asks all to go, the last one started first, and kills after the grace what has not gone: descendants too, in
 * whatever session or group they are (each PostgreSQL backend makes its own). Never throws.
 */
export async function endProcesses(processes: readonly Endable[], options: EndOptions): Promise<Ended> {
  const { markValue, clock } = options
  const running = processes.filter(isRunning)
  const strays = (): ProcessRow[] => (markValue === null ? [] : runningWithVariable(markName, markValue))
  const known = new Map<string, ProcessRow>()
  const learn = (rows: readonly ProcessRow[]): void => {
    for (const row of rows) known.set(keyOf(row), row)
  }
  learn(runningTrees(running))
  learn(strays())
  for (const one of running.toReversed()) send(known.get(keyOf(one)), one.endSignal)
  const allGone = (): boolean => ![...known.values()].some(isRunning)
  await becomes(allGone, options.graceMs, pollMs, clock)

  let killedCount = 0
  // Twice: what is found may start another before it dies.
  for (let round = 0; round < 2; round += 1) {
    learn(strays())
    const killed = killTrees([...known.values()])
    if (killed.length === 0) break
    learn(killed)
    killedCount += killed.length
    await becomes(allGone, goneAfterKillMsMax, pollMs, clock)
  }
  return { ended: running.map(({ name }) => name), killedCount, left: [...known.values()].filter(isRunning) }
}

/** What is started while one looks is found by the next look; a stopped process starts nothing, so that few are enough. */
const looksMax = 20

/**
 * To the process and all that descends from it, parents first, so that none starts another in the place of one that
 * was hit; then to those that were started meanwhile. Returns whom it was sent to; none when the process has ended.
 */
export function sendToTree(root: ProcessMark, signal: NodeJS.Signals): readonly ProcessRow[] {
  return signal === 'SIGKILL' ? killTrees([root]) : reachTrees([root], signal)
}

/**
 * All are stopped before any is killed: what a process has forked in the moment of its end belongs to nobody any more,
 * and would be found by no look.
 */
function killTrees(roots: readonly ProcessMark[]): readonly ProcessRow[] {
  const reached = reachTrees(roots, 'SIGSTOP')
  for (const row of reached) send(row, 'SIGKILL')
  return reached
}

function reachTrees(roots: readonly ProcessMark[], signal: NodeJS.Signals): readonly ProcessRow[] {
  const reached = new Map<string, ProcessRow>()
  for (let look = 0; look < looksMax; look += 1) {
    const found = runningTrees([...roots, ...reached.values()]).filter((row) => !reached.has(keyOf(row)))
    // Two looks without anything new: a fork that was under way at the first is over by the second.
    if (look > 1 && found.length === 0) break
    for (const row of found) {
      reached.set(keyOf(row), row)
      send(row, signal)
    }
  }
  return [...reached.values()]
}

function keyOf({ pid, startTicks }: ProcessMark): string {
  return `${pid} ${startTicks}`
}

/** To the whole group where the process leads one: a shell that runs a server does not pass a signal on. */
export function send(row: ProcessRow | undefined, signal: NodeJS.Signals): void {
  if (row === undefined) return
  try {
    process.kill(row.groupId === row.pid ? -row.pid : row.pid, signal)
  } catch {
    // Gone meanwhile, or another user's: the caller looks again and reports what is left.
  }
}
