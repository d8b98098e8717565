import { systemClock } from '../record/clock.ts'
import type { RunCommand } from './command.ts'
import { runCommand } from './command.ts'
import type { Places } from './places.ts'
import { findPlaces } from './places.ts'

export interface SetupProgress {
  /** What is being made: `k6`, `toxiproxy`, `postgres`, `data`. */
  readonly id: string
  readonly message: string
}

/** What every step of the set-up is given. */
export interface Setting {
  readonly places: Places
  readonly env: NodeJS.ProcessEnv
  /** Top of Squall's own sources. */
  readonly sourceDir: string
  readonly run: RunCommand
  readonly progress: (step: SetupProgress) => void
  readonly signal: AbortSignal | undefined
  /** Resolves after `ms`, or early, without an error, when `signal` aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** This machine as it is; each part can be given instead. */
export function settingOf(parts: Partial<Setting> = {}): Setting {
  return {
    places: parts.places ?? findPlaces(),
    env: parts.env ?? process.env,
    sourceDir: parts.sourceDir ?? new URL('../../', import.meta.url).pathname.replace(/\/$/, ''),
    run: parts.run ?? runCommand,
    progress: parts.progress ?? (() => undefined),
    signal: parts.signal,
    sleep: parts.sleep ?? systemClock.sleep,
  }
}
