import type { BackupControl } from '../domain/backup.ts'
import type { NodeRole, StackKind } from '../domain/plan.ts'
import type { OwnDisk } from '../keeper/own-disk.ts'

/** A node that answers. */
export interface RunningNode {
  readonly id: string
  readonly role: NodeRole
  /** Null where the process is not on this machine, or not ours. */
  readonly pid: number | null
  readonly host: string
  readonly port: number
  /** Its own place: http://… of a server, redis://…, postgres://… of a database (with the superuser's login). */
  readonly url: string
  /** postgres://… of the same database with the login that the system under test has; null where it is no database. */
  readonly applicationUrl: string | null
  /** A file system of its data's own, where the machine lets it have one; null: its data lies where all do. */
  readonly disk: OwnDisk | null
  readonly logPath: string | null
}

/** What stands between two nodes, and can be harmed there. */
export interface RunningLink {
  readonly id: string
  readonly from: string
  readonly to: string
  /** Where the `from` node connects to. */
  readonly host: string
  readonly port: number
  /** host:port that the proxy leads to: the `to` node, what routes to it, or the database that a replica follows. */
  readonly upstream: string
  readonly protocol: 'http' | 'redis' | 'postgres'
  /** Toxiproxy's name of the proxy, and where its API is. */
  readonly proxyName: string
  readonly apiUrl: string
  /** Name of the proxy's process as the keeper knows it; null when it is not ours. */
  readonly processName: string | null
}

/** One process of the stack, for whoever watches its CPU and memory. */
export interface StackProcess {
  /** A node's id, or `toxiproxy`. */
  readonly name: string
  readonly pid: number
  /** The end of a node is the system's doing and is judged; that of a proxy is the harness's failure. */
  readonly part: 'node' | 'proxy'
  readonly logPath: string
}

export interface StackExit extends StackProcess {
  readonly code: number | null
  readonly signal: string | null
  /** CLOCK_MONOTONIC, absolute. */
  readonly monotonicUs: number
  /** By a fault of the plan, or because the stack is being stopped. */
  readonly planned: boolean
}

/** Databases of which all but one follow that one, and the route that leads the server to it. */
export interface DatabaseCluster {
  /** Of the node that takes writes. */
  readonly primary: string
  readonly followers: readonly string[]
  /** Resolves when the follower that has most of the log takes writes, and is `primary` from then on; others then follow it. */
  promote(): Promise<void>
  route(to: string): Promise<void>
  /** Ends the node, if it still runs, and starts it as a follower with a copy of the present primary; all others follow too. */
  rejoin(nodeId: string): Promise<void>
}

/** A stack that is ready. Disposing is `stop`. */
export interface RunningStack extends AsyncDisposable {
  readonly kind: StackKind
  readonly nodes: ReadonlyMap<string, RunningNode>
  readonly links: ReadonlyMap<string, RunningLink>
  /** As they are now: a proxy that had to be replaced has another pid. */
  readonly processes: ReadonlyMap<string, StackProcess>
  /** Where users come in: through the proxy of their link, and to the balancer, where there is one. */
  readonly mcpUrl: string
  /** Of the plan; its instances, where there are several, are nodes `<id>-1` and on. */
  readonly serverId: string
  /** To the database that takes writes, past every proxy that faults act on: for observers. null: nobody named one. */
  readonly databaseUrl: string | null
  /** Where the balancer tells of each instance, in their order; null: there is one instance, and no balancer. */
  readonly balancerUrl: string | null
  /** null where no database follows another. */
  readonly cluster: DatabaseCluster | null
  /** By the id of the node that is backed up. */
  readonly backups: ReadonlyMap<string, BackupControl>
  /**
   * Through the link's proxy, for probes: postgres://… as the same superuser, http://… or redis://…. Throws a RangeError
   * for a link that is not there.
   */
  linkUrl(linkId: string): string
  /** Every end of a process from now on. Returns what takes the listener away. */
  onExit(listener: (exit: StackExit) => void): () => void
  /** Every process that is started, or was replaced, from now on. Returns what takes the listener away. */
  onStart(listener: (process: StackProcess) => void): () => void
  /**
   * Starts a node anew, with the same arguments, port and data; at once back when it runs. Resolves when it is ready;
   * rejects with a StackError, and then it does not run. Throws a RangeError for a node that is not there.
   */
  start(nodeId: string): Promise<void>
  /** Server first, then what it uses, then proxies, then databases; their data is removed. Rejects with a StackError `will_not_stop`. */
  stop(): Promise<void>
}
