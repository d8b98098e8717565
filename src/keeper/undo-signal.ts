import { sendToTree } from './ending.ts'
import { limitOpenFiles, readOpenFilesLimit } from './open-files.ts'
import { isMark, isRunning, type ProcessMark } from './process-table.ts'
import type { HealHow } from './undo-setting.ts'

/** A process that was stopped (SIGSTOP) is let go on, with all that descends from it. */
export interface SignalUndo {
  readonly kind: 'signal'
  readonly process: ProcessMark
  readonly signal: 'SIGCONT'
  /** How many files it might open before. */
  readonly openFiles?: number
  /** Its name among the stack's processes: the harm ends with it. Absent: it is none of them. */
  readonly name?: string
}

export async function undoSignal({ process, signal, openFiles }: SignalUndo): Promise<HealHow> {
  if (sendToTree(process, signal).length === 0) return 'gone'
  await giveFilesBack(process, openFiles)
  return 'undone'
}

/** At once done where it has ended, or where the limit is what it was. */
export async function giveFilesBack(process: ProcessMark, openFiles: number | undefined): Promise<void> {
  if (openFiles === undefined || !isRunning(process) || readOpenFilesLimit(process.pid) === openFiles) return
  await limitOpenFiles(process.pid, openFiles)
}

/** As JSON has it: a number of files, or nothing. */
export function mayHaveOpenFiles(value: object): boolean {
  return !('openFiles' in value) || (Number.isSafeInteger(value.openFiles) && Number(value.openFiles) > 0)
}

export function isSignalUndo(value: unknown): value is SignalUndo {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('process' in value)) return false
  return (
    value.kind === 'signal' &&
    isMark(value.process) &&
    'signal' in value &&
    value.signal === 'SIGCONT' &&
    mayHaveOpenFiles(value)
  )
}
