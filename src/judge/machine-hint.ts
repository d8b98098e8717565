import type { Window } from '../domain/verdict.ts'
import type { RunView } from '../measure/run-view.ts'
import { collectedHint } from './collected-hint.ts'
import { stolenHint } from './stolen-hint.ts'

/** What took processors from the system under test that were not its own to spend; null: nothing did, or nobody knows. */
export function machineHint(view: RunView, window: Pick<Window, 'spans'>): string | null {
  return joined([stolenHint(view, window), collectedHint(view, window)])
}

/** Those that there are, in one; null: none. */
export function joined(hints: readonly (string | null)[]): string | null {
  return hints.filter((hint) => hint !== null).join(' ') || null
}
