import { type CommandUndo, isCommandUndo, undoCommand } from './undo-command.ts'
import { type DatabaseUndo, isDatabaseUndo, undoDatabase } from './undo-database.ts'
import type { HealHow, UndoSetting } from './undo-setting.ts'
import { isSignalUndo, type SignalUndo, undoSignal } from './undo-signal.ts'
import { isToxiproxyUndo, type ToxiproxyUndo, undoToxiproxy } from './undo-toxiproxy.ts'

/** How a fault is undone: plain data, so that whoever comes after a dead keeper can do it. */
export type UndoAction = ToxiproxyUndo | SignalUndo | DatabaseUndo | CommandUndo

/** Rejects with an Error that says what could not be done; the action may be tried again. */
export async function undo(action: UndoAction, setting: UndoSetting): Promise<HealHow> {
  switch (action.kind) {
    case 'toxiproxy':
      return undoToxiproxy(action, setting)
    case 'signal':
      return undoSignal(action)
    case 'database':
      return undoDatabase(action, setting)
    case 'command':
      return undoCommand(action, setting)
  }
}

/** The stack's process that ends together with the harm; null when the harm lies outside of what the keeper ends. */
export function ownerOf(action: UndoAction): string | null {
  if (action.kind === 'command') return null
  return (action.kind === 'signal' ? action.name : action.process) ?? null
}

/** Undos of one lane would cross each other, and are done one after the other. */
export function laneOf(action: UndoAction): string {
  switch (action.kind) {
    case 'toxiproxy':
      return action.apiUrl
    case 'signal':
      return action.name ?? String(action.process.pid)
    case 'database':
      return action.process
    case 'command':
      return 'commands'
  }
}

export function isUndoAction(value: unknown): value is UndoAction {
  return isToxiproxyUndo(value) || isSignalUndo(value) || isDatabaseUndo(value) || isCommandUndo(value)
}
