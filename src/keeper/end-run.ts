import { rm } from 'node:fs/promises'
import { basename, isAbsolute, normalize } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { leaveCpuGroups } from './cpu-groups.ts'
import { type Ended, endProcesses, markOf } from './ending.ts'
import { type HealOutcome, healAll, partByOwner } from './healing.ts'
import { codeOf, messageOf } from './keeper-error.ts'
import { commandGraceMs, endGraceMs, ownUndosAtEndMsMax, undoCallAtEndMsMax, undoCallMsMax } from './limits.ts'
import { unmountBelow } from './own-disk.ts'
import { isRunning } from './process-table.ts'
import { removeSegmentsBelow } from './shared-memory.ts'
import { type KeeperRecord, readUndos, removeUndo } from './state-folder.ts'

export interface RunEnd {
  readonly healed: readonly HealOutcome[]
  readonly ended: Ended
  readonly removed: readonly string[]
  /** What could not be done, one sentence each; the state folder stays as long as there is any. */
  readonly problems: readonly string[]
}

/**
 * Ends all of a run: undoes its faults, ends its processes, removes its folders and at last its state folder. The
 * keeper does it with its own run, and whoever finds a dead keeper's folder does the same by hand. Never rejects.
 */
export async function endRun(folder: string, record: KeeperRecord | undefined, clock: Clock): Promise<RunEnd> {
  const { undos, damaged } = readUndos(folder)
  const processes = record?.processes ?? []
  const byCommand = undos.filter(({ action }) => action.kind === 'command')
  const others = undos.filter(({ action }) => action.kind !== 'command')
  const { own, foreign } = partByOwner(others, (name) => processes.some((one) => one.name === name))
  const runs = (name: string): boolean => processes.some((one) => one.name === name && isRunning(one))
  const done = (id: string): void => removeUndo(folder, id)
  const setting = { runs, replace: null, clock }

  // A command of the users' own needs what it is to heal, and what made the harm must not go on beside it.
  if (byCommand.length > 0) {
    const hooks = processes.filter(({ name }) => isHook(name))
    await endProcesses(hooks, { graceMs: commandGraceMs, markValue: null, clock })
  }
  const healedByCommand = await healAll(byCommand, { ...setting, callMsMax: undoCallMsMax }, done)

  // Faults outside of the stack may take their time: the processes do not wait for them.
  const foreignHealed = healAll(foreign, { ...setting, callMsMax: undoCallMsMax }, done)
  // What ends with its process is still undone first, if it obeys, so that the others can take an orderly leave.
  const ownHealing = healAll(own, { ...setting, callMsMax: undoCallAtEndMsMax }, done)
  await Promise.race([ownHealing, clock.sleep(own.length > 0 ? ownUndosAtEndMsMax : 0)])

  const ended = await endProcesses(processes, { graceMs: endGraceMs, markValue: markOf(folder), clock })
  const groupsLeft = await leaveCpuGroups(basename(folder), clock)
  const { removed, problems: notRemoved } = await removeFolders(record)
  const healed = [...healedByCommand, ...(await ownHealing).map(asEnded), ...(await foreignHealed)]
  const problems = [
    ...damaged.map((path) => `${path} cannot be read: what it was to undo may still act`),
    ...healed.filter(({ how }) => how === 'failed').map(({ id, why }) => `the fault ${id} is not undone: ${why}`),
    ...ended.left.map(({ pid }) => `process ${pid} does not end`),
    ...groupsLeft.map((path) => `the control group ${path} is not removed`),
    ...notRemoved,
  ]
  if (problems.length === 0) {
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => problems.push(messageOf(error)))
  }
  return { healed, ended, removed, problems }
}

const hookPrefix = 'hook:'

/** The name, among a run's processes, of a command of the users' own; ids of nodes hold no colon. */
export function hookProcessName(hook: string): string {
  return `${hookPrefix}${hook}`
}

function isHook(name: string): boolean {
  return name.startsWith(hookPrefix)
}

function asEnded(outcome: HealOutcome): HealOutcome {
  return outcome.how === 'failed' ? { ...outcome, how: 'ended', why: null } : outcome
}

async function removeFolders(
  record: KeeperRecord | undefined,
): Promise<{ readonly removed: string[]; readonly problems: string[] }> {
  const removed: string[] = []
  const problems: string[] = []
  await Promise.all(
    (record?.removeAtEnd ?? []).map(async (path) => {
      try {
        await removeFolderOfRun(path, record?.runId ?? '')
        removed.push(path)
      } catch (error) {
        problems.push(`${path} is not removed: ${messageOf(error)}`)
      }
    }),
  )
  return { removed, problems }
}

/**
 * Removes a folder that was made for this run. Rejects for any other path: a record that is wrong must not cost
 * somebody's files.
 */
export async function removeFolderOfRun(path: string, runId: string): Promise<void> {
  if (!isFolderOfRun(path, runId)) throw new Error('its path does not hold the id of the run')
  await removeSegmentsBelow(path)
  await unmountBelow(path)
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    // A part of its path is a file: it never was.
    if (codeOf(error) !== 'ENOTDIR') throw error
  }
}

export function isFolderOfRun(path: string, runId: string): boolean {
  return runId !== '' && isAbsolute(path) && normalize(path) === path && path.split('/').slice(2).includes(runId)
}
