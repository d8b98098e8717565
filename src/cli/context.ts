import type { Catalogue } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import type { PlanResult } from '../plan/load-plan.ts'
import type { Overrides } from '../plan/overrides.ts'
import type { TypedLines } from './manual.ts'

/** What every command is given: the ways out, and the wiring that the command line alone knows. */
export interface CliContext {
  /** Results only: what a script reads. */
  readonly stdout: (text: string) => void
  /** Progress and prose. */
  readonly stderr: (text: string) => void
  /** Colours and a live view; false when not a terminal or told so. */
  readonly isTerminal: boolean
  /** What is typed on stdin; null where that is no terminal. */
  readonly openLines: (() => TypedLines) | null
  readonly clock: Clock
  /** The gravest wins when called more than once: 64, 130, 3, 1, 2, 0 (exit-code.ts). */
  readonly setExitCode: (code: number) => void
  readonly catalogue: () => Promise<Catalogue>
  /** Reads a plan by name or path with the flags' changes; never throws for what is wrong with it. */
  readonly loadPlan: (nameOrPath: string, overrides: Overrides) => Promise<PlanResult>
  /** Aborts when the user interrupts (SIGINT, SIGTERM, SIGHUP, or the launcher is gone). */
  readonly interrupt: AbortSignal
}
