import type { BackupKind, BackupPlan } from './backup.ts'
import type { StdioPlan } from './bridge.ts'
import type { Era } from './era.ts'
import type { NotAssessed } from './verdict.ts'

/** A plan as resolved: `extends` merged, defaults filled in, every duration a number of milliseconds. */

export type StackKind = 'local' | 'compose' | 'external'
/** `http` and `redis`: what the server uses beside its database, such as an integration and a cache. */
export type NodeRole = 'mcp' | 'postgres' | 'http' | 'redis'

/** Where the value of a header comes from. The value itself is in no plan and no record. */
export interface HeaderSource {
  /** Name of an environment variable. */
  readonly env: string
  /** Stands before the variable's value, such as `Bearer ` with its space. */
  readonly prefix: string
}

export interface NodeSpec {
  readonly id: string
  readonly role: NodeRole
  readonly instances: number
  /** A fixed port; any free one when null. */
  readonly port: number | null
  /** argv. Of the server: in place of the reference server; it gets HOST, PORT and DATABASE_URL in its environment. */
  readonly command: readonly string[] | null
  readonly cwd: string | null
  readonly env: Readonly<Record<string, string>>
  /** Of a server whose `command` speaks MCP over its standard input and output, behind a bridge. Absent: it speaks HTTP. */
  readonly stdio?: StdioPlan
  /** Path of the endpoint that answers 200 when the node is ready. */
  readonly readyPath: string | null
  readonly readyWithinMs: number
  /** PostgreSQL only. */
  readonly maxConnections: number | null
  /** PostgreSQL only: the node whose write-ahead log it replays; null: it is no replica. */
  readonly follows: string | null
  /** Of one that follows: a commit waits until it, or another such one, has it on disk. */
  readonly synchronous: boolean
  /** PostgreSQL only: its data has a file system of its own, which a fault of the plan is to fill. */
  readonly ownDisk: boolean
  /** PostgreSQL only; null: it is not backed up. A replica has those of its primary. Absent in runs of earlier versions. */
  readonly backups?: BackupPlan | null
  /** `external` only: where the node is. */
  readonly url: string | null
  /** `external` only: sent with each request, by header name. Absent: none. */
  readonly headers?: Readonly<Record<string, HeaderSource>>
  /** `external` only: a file of certificates to trust in place of the machine's. Absent: the machine's. */
  readonly caFile?: string
  /** `external` only, of a database: the environment variable with its password. Absent: PGPASSWORD, if any. */
  readonly passwordEnv?: string
  /** Of a server: which era of MCP its users speak. Absent: the newest that it speaks. */
  readonly era?: Era
  /** The server's only: where its pool is told of, and how. Absent: as `observe.pool` says. */
  readonly metrics?: MetricsPlan
  /** PostgreSQL only: which of its sessions are the system's. Absent: all that are not Squall's. */
  readonly own?: OwnSessions
  /** PostgreSQL only: that the server has no use for it is right. */
  readonly unused?: true
}

/** Whose sessions at a database are the system's own: those that fit each list; an empty one fits all. */
export interface OwnSessions {
  /** `*` stands for anything. */
  readonly applications: readonly string[]
  readonly users: readonly string[]
  /** Addresses, or networks such as 10.0.0.0/8. */
  readonly addresses: readonly string[]
  /** How many the system may open, all its pools together; null: not known. */
  readonly max: number | null
}

/** One of `path` (on the node itself) and `url`. */
export interface MetricsPlan {
  readonly path: string | null
  readonly url: string | null
  readonly map: PoolMap
}

/** What a link's `from` says where the callers of the server come in; no node. */
export const usersEnd = 'users'

export interface LinkSpec {
  readonly id: string
  /** A node, or `usersEnd`. Of two databases: the one that is followed. */
  readonly from: string
  readonly to: string
  /** `external` only: the name of the proxy on it, or its address. Absent: the one that leads to `to`. */
  readonly proxy?: string
}

/** What the users' platform would do, done by Squall; null: it does not. ms without an answer until it acts. */
export interface SupervisorPlan {
  readonly restartAfterMs: number | null
  readonly promoteAfterMs: number | null
  /** An old primary that takes writes again after another was promoted is ended at once. */
  readonly fences: boolean
  /** In place of both: `hooks.act` is run. Absent: it is not. */
  readonly actAfterMs?: number
}

export const hookNames = ['inject', 'act', 'verify', 'heal'] as const
export type HookName = (typeof hookNames)[number]

/** A command of the users' own, such as the call that makes a managed database fail over. */
export interface HookSpec {
  /** argv; words in braces, such as `{primary}`, are filled in when it runs. */
  readonly command: readonly string[]
  /** One that has not ended by then is ended, and has failed. */
  readonly withinMs: number
  readonly cwd: string | null
  readonly env: Readonly<Record<string, string>>
}

export type HooksPlan = Readonly<Partial<Record<HookName, HookSpec>>>

export interface StackPlan {
  readonly kind: StackKind
  readonly preset: string | null
  readonly disposable: boolean
  readonly allowHosts: readonly string[]
  readonly nodes: Readonly<Record<string, NodeSpec>>
  readonly links: Readonly<Record<string, LinkSpec>>
  /** null: nothing restarts or promotes by itself. Runs of earlier versions have none. */
  readonly supervisor: SupervisorPlan | null
  /** Absent: there are none. */
  readonly hooks?: HooksPlan
}

export interface Phase {
  readonly id: string
  readonly startMs: number
  readonly endMs: number
  readonly usersFrom: number
  readonly usersTo: number
  /** Warm-up is not judged. */
  readonly judged: boolean
}

/** Where a workload that speaks SQL finds its database. */
export type DatabasePlace =
  /** As the server does: by a link of the plan, and what stands in it. */
  | { readonly kind: 'link'; readonly link: string }
  /** Past all links. */
  | { readonly kind: 'straight' }
  /** Such as a pooler of somebody's own. The password is in no plan: `passwordEnv` names the variable that has it. */
  | { readonly kind: 'url'; readonly url: string; readonly passwordEnv: string | null }

export interface LoadPlan {
  readonly workload: string
  /** Absent: MCP. */
  readonly protocol?: 'http' | 'sql'
  /** Of a workload that was named by its path: where it is, absolute. */
  readonly file?: string
  /** Exactly where `protocol` is `sql`. */
  readonly database?: DatabasePlace
  readonly with: Readonly<Record<string, unknown>>
  readonly paceMs: number
  readonly callTimeoutMs: number
  readonly drainMs: number
  readonly instances: number
  /** Contiguous; the first starts at 0. */
  readonly phases: readonly Phase[]
}

/** `launch`: judged by the launch criteria. `bounded`: by time to failure, clear errors, no leak, no crash. */
export type FaultJudgement = 'launch' | 'bounded'

/** What a fault waits for. */
export type StartCondition =
  /** So many calls have been recorded as ended, since t0. */
  | { readonly kind: 'calls'; readonly count: number }
  /** A line with this text comes into the log of a node, from the moment on that the fault waits. */
  | { readonly kind: 'log'; readonly node: string; readonly text: string }
  /** A replica is seen to be that far behind, ms. */
  | { readonly kind: 'lag'; readonly ms: number }

export interface PlannedFault {
  readonly id: string
  /** Which fault: a name in chaos/faults. */
  readonly fault: string
  /** Id of a link or a node. */
  readonly on: string
  /** The one instance of it that it acts on, from 1; absent: all that there are. */
  readonly instance?: number
  /** The fault's own parameters, durations in ms, as its schema resolved them. */
  readonly with: Readonly<Record<string, number | string | boolean>>
  readonly startMs: number
  /** Absent: it starts at `startMs`. Else from then on, as soon as this has come; never, if not by `latestMs`. */
  readonly after?: { readonly condition: StartCondition; readonly latestMs: number }
  readonly forMs: number
  /** 0: no recovery window. */
  readonly recoveryMs: number
  readonly judgedBy: FaultJudgement
}

export interface Objective {
  readonly id: string
  readonly measure: string
  /** Id of a window. */
  readonly during: string
  /** Bounds are in the measure's unit. */
  readonly max: number | null
  readonly min: number | null
  readonly is: boolean | null
  /** The bound as written in the plan, such as `5 s`, for readers. */
  readonly boundText: string
  readonly where: { readonly tool?: string } | null
  /** `tool.good_ratio` only: the longest latency that counts as good. */
  readonly withinMs: number | null
  /** false: information; never part of the verdict. */
  readonly judged: boolean
}

export type PoolField =
  | 'used'
  | 'idle'
  | 'max'
  | 'pending'
  | 'timeouts'
  | 'wait'
  | 'saturatedSeconds'
  | 'saturatedLongestSeconds'
  | 'uptimeSeconds'
  | 'usedHighWater'
  | 'pendingHighWater'

/** Our field → the system's name for it. */
export type PoolMap = Readonly<Partial<Record<PoolField, string>>>

/** `tool`: as users write, by a tool of the server. `sql`: straight to the database that takes writes. */
export type LedgerVia = 'tool' | 'sql'
/** As the ledger's stream has it. `update`: a change of a row that several writers change, straight to the database. */
export type RecordedVia = LedgerVia | 'update'

/** Writes of our own, each recorded before it is sent and when it has ended, to be counted afterwards one by one. */
export interface LedgerPlan {
  readonly via: readonly LedgerVia[]
  /** Writes a second, by each. */
  readonly ratePerS: number
  /** A read from a replica that lacks what was acknowledged longer before is stale. Absent in runs of earlier versions. */
  readonly staleAfterMs?: number
}

/** Replay lag under load (docs/reading-a-report.md). */
export const staleAfterMsDefault = 1_000
/** Fewer acknowledged in the last second before a fault, and a loss could go unseen (docs/reading-a-report.md). */
export const exposureMin = 20

export interface ObservePlan {
  /** null: the pool is not observed, and what needs it is not assessed. `map`: our field → the system's metric name. */
  readonly pool: {
    readonly node: string
    readonly path: string
    /** In place of the path: an exporter's own address. Absent: on the node itself. */
    readonly url?: string
    readonly everyMs: number
    readonly map: PoolMap
  } | null
  readonly databaseEveryMs: number
  readonly hostEveryMs: number
  readonly probeEveryMs: number
  /** null: no writes are counted. Runs of earlier versions have none. */
  readonly ledger: LedgerPlan | null
}

/** A recovery exercise. */
export interface DrillPlan {
  readonly name: string
  readonly mode: 'automatic' | 'manual'
  /** What has not recovered by then, from the injection on, counts as not recovered. */
  readonly horizonMs: number
  /** How often it is to be done; null: no schedule. */
  readonly every: 'week' | 'month' | 'quarter' | 'year' | null
  /** The newest backup of that kind is restored elsewhere during the load, and looked at; absent: none is. */
  readonly verifies?: BackupKind
}

/** A recovery exercise. */
export interface DrillPlan {
  readonly name: string
  readonly mode: 'automatic' | 'manual'
  /** What has not recovered by then, from the injection on, counts as not recovered. */
  readonly horizonMs: number
  /** How often it is to be done; null: no schedule. */
  readonly every: 'week' | 'month' | 'quarter' | 'year' | null
}

export interface Plan {
  readonly squall: 1
  readonly name: string
  readonly seed: number
  /** Durations were shortened by `--quick`. */
  readonly quick: boolean
  readonly unknown: 'fail' | 'warn'
  readonly stack: StackPlan
  readonly load: LoadPlan
  readonly faults: readonly PlannedFault[]
  /** null: the plan is no drill. Runs of earlier versions name none. */
  readonly drill: DrillPlan | null
  readonly observe: ObservePlan
  readonly objectives: readonly Objective[]
  /** Objectives of the plan as written that its target cannot be held to, each with its reason. Absent: none. */
  readonly leftOut?: readonly NotAssessed[]
}

/** What the server uses beside its database, each by a command of the plan. */
export function isService({ role }: Pick<NodeSpec, 'role'>): boolean {
  return role === 'http' || role === 'redis'
}

/** Users at the end of the steepest phase: the most that call at one time. */
export function usersPeak({ load }: { readonly load: Pick<LoadPlan, 'phases'> }): number {
  return Math.max(...load.phases.flatMap(({ usersFrom, usersTo }) => [usersFrom, usersTo]))
}

/** A database of the stack follows another, and may take over from it. Runs of earlier versions name no `follows`. */
export function isReplicated({ stack }: Pick<Plan, 'stack'>): boolean {
  return Object.values(stack.nodes).some(({ follows }) => typeof follows === 'string')
}

/** Some address of the stack is Squall's own: of a database that fails over, or of a server with several instances. */
export function needsRouter({ stack }: Pick<Plan, 'stack'>): boolean {
  return isReplicated({ stack }) || Object.values(stack.nodes).some(({ instances }) => instances > 1)
}

/** A lint's word; never changes a verdict. */
export interface Advice {
  readonly id: string
  readonly severity: 'info' | 'warning'
  /** Where in the plan, such as `stack.nodes.primary.max_connections`. */
  readonly path: string
  readonly why: string
}

/** One thing that is wrong with a plan or a command line. */
export interface Problem {
  readonly path: string
  /** What was received, as written. */
  readonly received: string
  readonly expected: string
  /** 1-based, where the plan's file has it. */
  readonly line: number | null
  readonly file: string | null
}
