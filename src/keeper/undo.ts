import { isRunning, type ProcessMark } from './process-table.ts'
import type { HealHow, UndoSetting } from './undo-setting.ts'
import { isToxiproxyUndo, type ToxiproxyUndo, undoToxiproxy } from './undo-toxiproxy.ts'

/** Groundwork for faults on processes: a stopped process (SIGSTOP) is let go on. */
interface SignalUndo {
  readonly kind: 'signal'
  readonly process: ProcessMark
  readonly signal: 'SIGCONT'
}

/** How a fault is undone: plain data, so that whoever comes after a dead keeper can do it. */
export type UndoAction = ToxiproxyUndo | SignalUndo

/** Rejects with an Error that says what could not be done; the action may be tried again. */
export async function undo(action: UndoAction, setting: UndoSetting): Promise<HealHow> {
  switch (action.kind) {
    case 'toxiproxy':
      return undoToxiproxy(action, setting)
    case 'signal':
      return undoSignal(action)
  }
}

/** The stack's process that ends together with the harm; null when the harm lies outside of what the keeper ends. */
export function ownerOf(action: UndoAction): string | null {
  return action.kind === 'toxiproxy' ? (action.process ?? null) : null
}

export function isUndoAction(value: unknown): value is UndoAction {
  return isToxiproxyUndo(value) || isSignalUndo(value)
}

function undoSignal(action: SignalUndo): HealHow {
  if (!isRunning(action.process)) return 'gone'
  process.kill(action.process.pid, action.signal)
  return 'undone'
}

function isSignalUndo(value: unknown): value is SignalUndo {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('process' in value)) return false
  const mark = value.process
  const isMark = typeof mark === 'object' && mark !== null && 'pid' in mark && 'startTicks' in mark
  return value.kind === 'signal' && isMark && 'signal' in value && value.signal === 'SIGCONT'
}
