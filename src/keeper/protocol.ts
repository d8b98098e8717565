import type { HealOutcome } from './healing.ts'
import type { KeeperErrorKind } from './keeper-error.ts'
import type { UndoAction } from './undo.ts'

/** JSON lines: the harness writes requests, the keeper answers each by its number, in any order, and tells events. */

export interface SpawnSpec {
  /** One process of that name at a time; a name may be used again after its process has ended. */
  readonly name: string
  /** The program, and its arguments. */
  readonly argv: readonly string[]
  readonly cwd: string
  /** The whole environment; the keeper adds the run's mark. */
  readonly env: Readonly<Record<string, string>>
  /** Who runs it; absent: as the harness. Another account needs root. */
  readonly uid?: number
  readonly gid?: number
  /** Its stdout and stderr are appended here. */
  readonly logPath: string
  /** What it is asked to go with when the run ends; absent: SIGTERM. */
  readonly endSignal?: NodeJS.Signals
  /** For whoever looks into the state folder. */
  readonly ports?: readonly number[]
  /** Undos may end it and start it anew when it does not obey: where its API answers then. Absent: not to be replaced. */
  readonly replaceable?: { readonly readyUrl: string }
}

export interface Spawned {
  readonly pid: number
  readonly startTicks: string
  /** CLOCK_MONOTONIC, absolute. */
  readonly monotonicUs: number
}

/** How a process ended. */
export interface ExitEvent {
  readonly event: 'exited'
  readonly name: string
  readonly pid: number
  readonly code: number | null
  readonly signal: string | null
  /** CLOCK_MONOTONIC, absolute: when the keeper was told, some ms after. */
  readonly monotonicUs: number
  /** We ended it, or harmed it by a fault of the plan. */
  readonly planned: boolean
}

/** A process was started anew by the keeper itself, to heal a fault. */
export interface ReplacedEvent {
  readonly event: 'replaced'
  readonly name: string
  readonly pid: number
  readonly monotonicUs: number
}

export type KeeperEvent = ExitEvent | ReplacedEvent

export interface Stopped {
  /** False: it had to be killed. */
  readonly wentByItself: boolean
}

export interface SignalOptions {
  /** That the process may end by this is no surprise. */
  readonly planned: boolean
  /** To it and to all that descends from it, whatever group; SIGKILL then resolves when all are gone. Else: its group. */
  readonly tree: boolean
}

export type KeeperRequest =
  | { readonly kind: 'spawn'; readonly spec: SpawnSpec }
  | ({ readonly kind: 'signal'; readonly name: string; readonly signal: NodeJS.Signals } & SignalOptions)
  | { readonly kind: 'stop'; readonly name: string; readonly signal: NodeJS.Signals; readonly graceMs: number }
  | { readonly kind: 'adopt'; readonly name: string; readonly pid: number }
  | { readonly kind: 'recordUndo'; readonly id: string; readonly action: UndoAction }
  | { readonly kind: 'undone'; readonly id: string }
  /** `id` null: all. */
  | { readonly kind: 'heal'; readonly id: string | null }
  | { readonly kind: 'removeAtEnd'; readonly path: string }
  | { readonly kind: 'removeNow'; readonly path: string }
  | { readonly kind: 'detach'; readonly urls: Readonly<Record<string, string>> }
  | { readonly kind: 'endAll' }

/** What each request is answered with. */
export interface KeeperResults {
  spawn: Spawned
  signal: null
  stop: Stopped
  adopt: null
  recordUndo: null
  undone: null
  heal: readonly HealOutcome[]
  removeAtEnd: null
  removeNow: null
  detach: null
  /** What could not be ended or undone, one sentence each. */
  endAll: readonly string[]
}

export interface RequestLine {
  readonly id: number
  readonly request: KeeperRequest
}

export interface KeeperFailure {
  readonly kind: KeeperErrorKind
  readonly message: string
  readonly hint?: string
  readonly code?: string | undefined
}

export type AnswerLine =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: KeeperFailure }

/** The first line that the keeper says, when its state folder is there; or why it gives up. */
export type FirstLine = { readonly ready: Spawned } | { readonly failed: KeeperFailure }
