import type { LiveState } from '../domain/backup.ts'
import type { LinkControl } from '../domain/link.ts'
import type { HookControl, NodeControl, TellStep } from '../domain/node-control.ts'
import type { NodeRole } from '../domain/plan.ts'
import type { McpTarget } from '../mcp-client/target.ts'
import type { WatchedProcess } from '../observe/host.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import type { WatchedProxy } from '../observe/proxy-clients.ts'
import type { UndoHolder } from './undo-holder.ts'

/** A process of the stack or of the harness has ended. */
export interface ProcessExit {
  readonly node: string
  /** `system`: what is judged. `harness`: proxy, keeper; without it nothing can be judged. */
  readonly part: 'system' | 'harness'
  readonly pid: number
  readonly code: number | null
  readonly signal: string | null
  /** CLOCK_MONOTONIC, µs, absolute. */
  readonly monotonicUs: number
  readonly planned: boolean
}

export interface ConductedLink {
  readonly id: string
  readonly control: LinkControl
  /** Through the proxy: for our own connections. */
  readonly probeTarget: ProbeTarget
  undo(injectionId: string): UndoHolder
}

/** `go on`: what was stopped does · `end`: it is ended · `hook`: the plan's own command heals. */
export type UndoOfNode = 'go on' | 'end' | 'hook'

export interface ConductedNode {
  readonly id: string
  readonly role: NodeRole
  /** For our own connections, straight to it. */
  readonly probeTarget: ProbeTarget
  /** One injection's hold on it; `tell` is called with each step that it tells of. */
  control(injectionId: string, tell: TellStep): NodeControl
  undo(injectionId: string, how: UndoOfNode): UndoHolder
}

/** The plan's own commands. */
export interface ConductedHooks {
  on(node: string): HookControl
  /** Ends all but what heals. */
  giveUp(): void
}

/** What conducting needs of a running stack, whatever its kind. */
export interface StackView {
  /** Where users go, and how. */
  readonly target: McpTarget
  /** Where each instance tells of its pool, with its id where there are several; empty: this target does not tell. */
  readonly pools: readonly { readonly instance: string | null; readonly metricsUrl: string }[]
  /** Where each instance says whether it is ready, and what that question is called in the probe stream. */
  readonly readiness: readonly { readonly name: string; readonly readyUrl: string }[]
  /** Where the balancer tells of each instance, and their ids in its order; null: there is one, and no balancer. */
  readonly balancer: { readonly url: string; readonly instances: readonly string[] } | null
  /** Where each bridge before a stdio server tells of itself; empty: there is none. */
  readonly bridges: readonly { readonly instance: string | null; readonly url: string }[]
  /** Straight to the database that takes writes; null where there is none to look at. */
  readonly databaseUrl: string | null
  /** Each database, straight to it, as its superuser. */
  readonly databases: readonly { readonly id: string; readonly url: string }[]
  /**
   * What the database holds that takes writes, with the rows of some tables, and whether all of it holds together. Rejects
   * with the database's error, or where it only follows.
   */
  readonly readLive: (isLookedInto: (table: string) => boolean) => Promise<LiveState>
  /** Id of the database that takes writes now; null where there is none. */
  readonly primary: () => string | null
  readonly links: ReadonlyMap<string, ConductedLink>
  /** Those of a server that somebody else points at them, or does not; empty where Squall starts the server. */
  readonly proxies: readonly WatchedProxy[]
  readonly nodes: ReadonlyMap<string, ConductedNode>
  /** null: the plan has none. */
  readonly hooks: ConductedHooks | null
  processes(): readonly WatchedProcess[]
  /** Every process that is started, or replaced, from now on. */
  onStart(listener: (process: { readonly name: string; readonly pid: number }) => void): void
  onExit(listener: (exit: ProcessExit) => void): void
}
