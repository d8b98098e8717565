import { messageOf } from './keeper-error.ts'
import type { RecordedUndo } from './state-folder.ts'
import { laneOf, ownerOf, undo } from './undo.ts'
import { commandMsMax } from './undo-command.ts'
import type { HealHow, UndoSetting } from './undo-setting.ts'

export interface HealOutcome {
  readonly id: string
  /** `ended`: its owner is ended with the run, so that nothing of it stays. */
  readonly how: HealHow | 'ended' | 'failed'
  /** Null unless failed. */
  readonly why: string | null
}

/**
 * Undoes all of them; those of one lane one after the other, and the lanes side by side. Each that succeeds is handed to `done` at once. Never rejects.
 */
export async function healAll(
  undos: readonly RecordedUndo[],
  setting: UndoSetting,
  done: (id: string) => void,
): Promise<HealOutcome[]> {
  const lanes = Map.groupBy(undos, ({ action }) => laneOf(action))
  const healOne = async (one: RecordedUndo): Promise<HealOutcome> => {
    try {
      const how = await undo(one.action, setting)
      done(one.id)
      return { id: one.id, how, why: null }
    } catch (error) {
      return { id: one.id, how: 'failed', why: messageOf(error) }
    }
  }
  const outcomes = await Promise.all(
    [...lanes.values()].map(async (lane) => {
      const healed: HealOutcome[] = []
      for (const one of lane) healed.push(await healOne(one))
      return healed
    }),
  )
  return outcomes.flat()
}

/** How long those among them that are commands of the users' own may take together, ms; they go one after the other. */
export function commandsMsMax(undos: readonly RecordedUndo[]): number {
  return undos.reduce((sum, { action }) => sum + (action.kind === 'command' ? commandMsMax(action) : 0), 0)
}

/** Those whose harm ends with a process of the run, and those that stay after it. */
export function partByOwner(
  undos: readonly RecordedUndo[],
  isOurs: (name: string) => boolean,
): { readonly own: readonly RecordedUndo[]; readonly foreign: readonly RecordedUndo[] } {
  const isOwn = ({ action }: RecordedUndo): boolean => {
    const owner = ownerOf(action)
    return owner !== null && isOurs(owner)
  }
  return { own: undos.filter(isOwn), foreign: undos.filter((one) => !isOwn(one)) }
}
