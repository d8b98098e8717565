import type { Clock } from '../../domain/clock.ts'
import type { StackPlan } from '../../domain/plan.ts'
import type { KeeperClient } from '../../keeper/client.ts'

interface Login {
  readonly name: string
  readonly password: string
}

/** What a local stack is made of; src/setup's Engines have this shape. */
export interface StackEngines {
  readonly toxiproxy: { readonly path: string }
  /** Needed where a database follows another. */
  readonly router: { readonly path: string } | null
  readonly postgres: { readonly binDir: string; readonly version: string }
  readonly dataTemplate: {
    /** A stopped server's data directory; copied, never started itself. */
    readonly dir: string
    readonly database: string
    readonly superuser: Login
    readonly application: Login
  }
  readonly places: {
    /** Where databases have their data; PostgreSQL's account can reach it. */
    readonly dataDir: string
    /** Who PostgreSQL runs as; undefined: as the harness. */
    readonly postgresAccount: { readonly uid: number; readonly gid: number } | undefined
  }
}

export interface LocalStackOptions {
  readonly stack: StackPlan
  readonly engines: StackEngines
  /** Of the run; owns all that is started here. */
  readonly keeper: KeeperClient
  /** The run's id: the last part of the keeper's state folder. */
  readonly runId: string
  /** One file a process: <node>.log, toxiproxy.log. */
  readonly logsDir: string
  /** The reference server's main file, started by the Node that runs us. */
  readonly referenceServerPath: string
  readonly clock: Clock
  /** Gives up, and leaves nothing running, when it aborts. */
  readonly signal?: AbortSignal
}
