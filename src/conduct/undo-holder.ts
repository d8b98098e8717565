/** Who holds the undo of a fault while it is on: the keeper. */
export interface UndoHolder {
  /** Resolves once the undo lies on disk; the fault must not act before. */
  record(): Promise<void>
  /** The fault is verified to be gone. */
  forget(): Promise<void>
  /** Heals by force when the fault's own heal has failed; `how` is for people. */
  force(): Promise<{ readonly isHealed: boolean; readonly how: string }>
}

/** Of a fault on several targets: all lie on disk before it acts on any, and all are healed when one must be by force. */
export function undoOfAll(undos: readonly UndoHolder[]): UndoHolder {
  return {
    async record() {
      await Promise.all(undos.map((undo) => undo.record()))
    },
    async forget() {
      await Promise.all(undos.map((undo) => undo.forget()))
    },
    async force() {
      const forced = await Promise.all(undos.map((undo) => undo.force()))
      return {
        isHealed: forced.every(({ isHealed }) => isHealed),
        how: [...new Set(forced.map(({ how }) => how))].join('; '),
      }
    },
  }
}
