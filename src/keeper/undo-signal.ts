import { sendToTree } from './ending.ts'
import { isMark, type ProcessMark } from './process-table.ts'
import type { HealHow } from './undo-setting.ts'

/** A process that was stopped (SIGSTOP) is let go on, with all that descends from it. */
export interface SignalUndo {
  readonly kind: 'signal'
  readonly process: ProcessMark
  readonly signal: 'SIGCONT'
  /** Its name among the stack's processes: the harm ends with it. Absent: it is none of them. */
  readonly name?: string
}

export function undoSignal({ process, signal }: SignalUndo): HealHow {
  return sendToTree(process, signal).length === 0 ? 'gone' : 'undone'
}

export function isSignalUndo(value: unknown): value is SignalUndo {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('process' in value)) return false
  return value.kind === 'signal' && isMark(value.process) && 'signal' in value && value.signal === 'SIGCONT'
}
