import type { BackupControl, RunSql, SqlRow } from './backup.ts'
import type { HookName, NodeRole } from './plan.ts'

/** Tells the timeline of one step that a fault has done, with its numbers; units last in their names. */
export type TellStep = (step: string, data: Readonly<Record<string, unknown>>) => void

/** This machine does not let a fault act, whatever is tried; the message says what it lacks. */
export class NotPossibleHere extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotPossibleHere'
  }
}

/**
 * What a fault may do to a node. Every call has a deadline and rejects with an error that says what hung, or with
 * NotPossibleHere.
 */
export interface NodeControl {
  readonly id: string
  readonly role: NodeRole
  /**
   * To the node's process and to all that descends from it. An end by it is planned. Resolves when it has been sent;
   * SIGKILL when all are gone.
   */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): Promise<void>
  /** Asks it to go, as an operator would, and kills what has not gone after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>
  /** Starts it anew as it was started, on the same port and data; at once back when it runs. Resolves when it is ready. */
  start(): Promise<void>
  /** Its main process can open no file more, nor a socket, until they are given back; others may be closed meanwhile. */
  useUpFiles(): Promise<void>
  giveFilesBack(): Promise<void>
  /** No process of it may have more private memory than this, in bytes, until it is given back. */
  takeMemory(eachBytes: number): Promise<void>
  giveMemoryBack(): Promise<void>
  /** Its data can grow no more until the disk is given back; what has become free since the last call is taken as well. */
  fillDisk(): Promise<void>
  giveDiskBack(): Promise<void>
  /** null where the node is no database. */
  readonly database: DatabaseControl | null
  /** null where the node is no database that others follow, or that follows another. */
  readonly cluster: ClusterControl | null
  /** null where the plan has no backups of it. */
  readonly backup: BackupControl | null
  readonly tell: TellStep
  /** Absent where the plan has none. */
  readonly hooks?: HookControl
}

/** The plan's own commands, with what they are told of one node. */
export interface HookControl {
  /** Resolves when it has ended with 0; rejects with how else it ended and its last lines, or with its deadline. */
  run(name: HookName): Promise<void>
  /** How long that takes at most, the end of what does not end by itself included, ms. */
  msMax(name: HookName): number
}

/** Databases of which all but one follow that one, and the route that leads the server to it: as one of them sees them. */
export interface ClusterControl {
  /** Id of the one that takes writes. */
  primary(): string
  /**
   * Resolves when the follower that has most of the log takes writes, of those that answer; the route still leads to the
   * old primary. The others follow it from then on, beside. Rejects where nobody can take over.
   */
  promote(): Promise<void>
  /** New connections of the server lead to that node; open ones stay where they are. */
  route(to: string): Promise<void>
  /**
   * This node is ended, if it still runs, and comes back as a follower, with a copy of the present primary; so do others
   * that answer and yet do not follow it.
   */
  rejoin(): Promise<void>
}

/** application_name of all that an injection holds; begins with what observers leave out of the system's own. */
export function faultApplication(injectionId: string): string {
  return `squall fault ${injectionId}`
}

/** What faults may set: their undo, which is on disk before, sets all of these back. */
export const faultSettings = ['default_transaction_read_only', 'archive_command'] as const
export type FaultSetting = (typeof faultSettings)[number]

/**
 * The harness's own hold on a database, as its superuser, straight and past every proxy. All that is held here is let
 * go by `release`, by the end of the harness, and by the undo on disk.
 */
export interface DatabaseControl {
  /**
   * SQL on a connection of its own; several statements in one text are one transaction, unless they hold their own.
   * Rows of the last as objects of texts. Rejects with the database's error, or when it has no answer in 10 s.
   */
  run(sql: string): Promise<readonly SqlRow[]>
  /** One transaction on a connection of its own: committed when the work resolves, rolled back when it rejects. */
  transaction(work: (run: RunSql) => Promise<void>): Promise<void>
  /**
   * A session that stays open with what the statements took, such as an open transaction with its locks. `login`:
   * `application` counts against the slots that ordinary users have. Resolves when all statements have been answered.
   */
  hold(statements: readonly string[], login: 'superuser' | 'application'): Promise<void>
  /** ALTER SYSTEM SET name = value, and a reload. */
  setting(name: FaultSetting, value: string): Promise<void>
  /** Ends every session that `run` or `hold` opened, and sets back every setting. Resolves when none is left. */
  release(): Promise<void>
}
