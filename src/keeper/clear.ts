import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { systemClock } from '../record/clock.ts'
import { endRun, type RunEnd } from './end-run.ts'
import type { HealOutcome } from './healing.ts'
import { downMsMax, goneAfterKillMsMax, healMsMax, pollMs } from './limits.ts'
import { isRunning, readBootId } from './process-table.ts'
import {
  isOfNewerFormat,
  type KeeperRecord,
  listStateFolders,
  readRecord,
  readUndos,
  removeUnfinished,
} from './state-folder.ts'
import { becomes } from './waiting.ts'

/**
 * `at_work`: its harness is at it · `kept`: by `up`, until `down` · `dead`: its keeper is gone, and it is to be
 * cleared · `elsewhere`: of another machine or container that shares the folder; its processes cannot be seen here ·
 * `newer`: of a Squall whose records we cannot read, so that we cannot say whether it is at work.
 */
type RunState = 'at_work' | 'kept' | 'dead' | 'elsewhere' | 'newer'

export interface OpenRun {
  readonly runId: string
  readonly stateFolder: string
  readonly state: RunState
  /** Null when it cannot be read. */
  readonly record: KeeperRecord | null
  /** Ids of the faults that act, or may. */
  readonly faults: readonly string[]
}

export interface ClearedRun extends RunEnd {
  readonly runId: string
}

/** Every run that is open, or was left so. */
export function listOpenRuns(stateDir: string): OpenRun[] {
  return listStateFolders(stateDir).map((stateFolder) => {
    const record = readRecord(stateFolder) ?? null
    const faults = readUndos(stateFolder).undos.map(({ id }) => id)
    return { runId: basename(stateFolder), stateFolder, state: stateOf(stateFolder, record), record, faults }
  })
}

/** Clears each run whose keeper is dead. Never rejects; `problems` says what is left, and then its folder stays. */
export async function clearDeadRuns(stateDir: string, clock: Clock = systemClock): Promise<ClearedRun[]> {
  removeUnfinished(stateDir)
  const dead = listOpenRuns(stateDir).filter(({ state }) => state === 'dead')
  return Promise.all(dead.map((run) => clearRun(run, clock)))
}

/** By hand, without its keeper. */
export async function clearRun(run: OpenRun, clock: Clock = systemClock): Promise<ClearedRun> {
  const { record } = run
  const end = await endRun(run.stateFolder, record === null ? undefined : asSeenNow(record), clock)
  return { runId: run.runId, ...end }
}

/** Ends a kept run: its keeper does it, or, when that does not, we. Never rejects. */
export async function endKeptRun(run: OpenRun, clock: Clock = systemClock): Promise<ClearedRun> {
  const { record } = run
  if (record === null || !isKeeperRunning(record)) return clearRun(run, clock)
  const healed = run.faults.map((id): HealOutcome => ({ id, how: 'undone', why: null }))
  const names = record.processes.filter(isRunning).map(({ name }) => name)
  tellKeeper(record, 'SIGTERM')
  const isGone = (): boolean => !isRunning(record.keeper)
  if (await becomes(isGone, downMsMax, pollMs, clock)) {
    if (existsSync(run.stateFolder)) return clearRun(run, clock)
    const ended = { ended: names, killedCount: 0, left: [] }
    return { runId: run.runId, healed, ended, removed: record.removeAtEnd, problems: [] }
  }
  tellKeeper(record, 'SIGKILL')
  await becomes(isGone, goneAfterKillMsMax, pollMs, clock)
  return clearRun(run, clock)
}

/** Asks a living keeper to undo its faults; resolves to the ids of those that still act. */
export async function healKeptRun(run: OpenRun, clock: Clock = systemClock): Promise<readonly string[]> {
  const left = (): string[] => readUndos(run.stateFolder).undos.map(({ id }) => id)
  if (left().length === 0 || run.record === null || !isKeeperRunning(run.record)) return left()
  if (!tellKeeper(run.record, 'SIGUSR2')) return left()
  await becomes(() => left().length === 0, healMsMax, pollMs, clock)
  return left()
}

/** False: it went between the look and the signal (ESRCH), or is another user's (EPERM). The caller looks again. */
function tellKeeper(record: KeeperRecord, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(record.keeper.pid, signal)
  } catch {
    return false
  }
}

/** One line on what was cleared, for the start of the next run. */
export function tellCleared({ runId, healed, ended, problems }: ClearedRun): string {
  const undone = healed.filter(({ how }) => how !== 'failed').map(({ id }) => id)
  const parts = [
    undone.length > 0 ? `undid ${undone.join(', ')}` : '',
    ended.ended.length > 0 ? `ended ${ended.ended.join(', ')}` : '',
  ].filter((part) => part !== '')
  const did = parts.length > 0 ? parts.join('; ') : 'nothing of it was running'
  const left = problems.length > 0 ? `; not all: ${problems.join('; ')}` : ''
  return `cleared what run ${runId} left: ${did}${left}`
}

function stateOf(stateFolder: string, record: KeeperRecord | null): RunState {
  if (record === null) return isOfNewerFormat(stateFolder) ? 'newer' : 'dead'
  if (record.host !== hostname()) return 'elsewhere'
  if (!isKeeperRunning(record)) return 'dead'
  return record.isDetached ? 'kept' : 'at_work'
}

function isKeeperRunning(record: KeeperRecord): boolean {
  return record.bootId === readBootId() && isRunning(record.keeper)
}

/** After a restart of the machine the numbers belong to others, though a start time may happen to fit. */
function asSeenNow(record: KeeperRecord): KeeperRecord {
  if (record.bootId === readBootId()) return record
  return { ...record, processes: record.processes.map((one) => ({ ...one, startTicks: 'before the last boot' })) }
}
