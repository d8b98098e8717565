import type { Clock } from '../domain/clock.ts'

/**
 * `undone`: as meant · `replaced`: the proxy's process did not obey and was started anew, which closes every
 * connection through it · `gone`: what was harmed is no longer there.
 */
export type HealHow = 'undone' | 'replaced' | 'gone'

/** What an undo is given. */
export interface UndoSetting {
  /** Deadline of one call, ms. */
  readonly callMsMax: number
  readonly clock: Clock
  /** Whether the stack's process of that name runs. */
  readonly runs: (name: string) => boolean
  /** Ends that process and starts it anew, answering again when this resolves; null: not possible here. */
  readonly replace: ((name: string) => Promise<void>) | null
}
