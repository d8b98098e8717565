import { usersEnd } from '../../domain/plan.ts'
import type { KeeperClient } from '../../keeper/client.ts'
import { KeeperError } from '../../keeper/keeper-error.ts'
import { isRunning, type ProcessMark, readProcess } from '../../keeper/process-table.ts'
import type {
  DatabaseCluster,
  RunningLink,
  RunningNode,
  RunningStack,
  StackExit,
  StackProcess,
} from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import type { LocalBackups } from './backup/local-backups.ts'
import { databaseUrlAt } from './database.ts'
import type { Leave } from './layout.ts'
import type { StackEngines } from './options.ts'

/** Starts a node as it was started at first; resolves when it is ready. */
export type StartAnew = (signal: AbortSignal) => Promise<RunningNode>

export interface LocalStackParts {
  readonly engines: StackEngines
  readonly keeper: KeeperClient
  readonly dataRoot: string
  readonly nodes: readonly RunningNode[]
  /** By the node's id. */
  readonly startAnew: ReadonlyMap<string, StartAnew>
  readonly links: readonly RunningLink[]
  readonly proxies: readonly StackProcess[]
  /** How all of it is ended, in that order. */
  readonly leaves: readonly Leave[]
  readonly serverId: string
  readonly mcpUrl: string
  readonly databaseUrl: string
  readonly balancerUrl: string | null
  readonly cluster: DatabaseCluster | null
  /** By the node's id. */
  readonly backups: ReadonlyMap<string, LocalBackups>
  /** Aborts when the stack is being stopped. */
  readonly end: AbortController
}

export class LocalStack implements RunningStack {
  readonly kind = 'local'
  readonly nodes: Map<string, RunningNode>
  readonly links: ReadonlyMap<string, RunningLink>
  readonly processes: Map<string, StackProcess>
  readonly mcpUrl: string
  readonly serverId: string
  readonly databaseUrl: string
  readonly balancerUrl: string | null
  readonly cluster: DatabaseCluster | null
  readonly backups: ReadonlyMap<string, LocalBackups>
  readonly #parts: LocalStackParts
  readonly #listeners = new Set<(exit: StackExit) => void>()
  readonly #startListeners = new Set<(process: StackProcess) => void>()
  readonly #forgetKeeper: (() => void)[]
  /** Told by number and start time, so that a node that has ended is known at once, before anybody says so. */
  readonly #marks = new Map<string, ProcessMark>()
  readonly #starting = new Map<string, Promise<void>>()
  readonly #end: AbortController
  #stopping: Promise<void> | null = null

  constructor(parts: LocalStackParts) {
    const { keeper, nodes, links, proxies } = parts
    this.#parts = parts
    this.nodes = new Map(nodes.map((node) => [node.id, node]))
    this.links = new Map(links.map((link) => [link.id, link]))
    this.processes = new Map([...nodes.flatMap(asProcess), ...proxies].map((one) => [one.name, one]))
    this.mcpUrl = parts.mcpUrl
    this.serverId = parts.serverId
    this.databaseUrl = parts.databaseUrl
    this.balancerUrl = parts.balancerUrl
    this.cluster = parts.cluster
    this.backups = parts.backups
    this.#end = parts.end
    for (const { name, pid } of this.processes.values()) this.#mark(name, pid)
    this.#forgetKeeper = [
      keeper.onExited(({ name, pid, code, signal, monotonicUs, planned }) => {
        const known = this.processes.get(name)
        if (known === undefined) return
        const exit: StackExit = {
          ...known,
          pid,
          code,
          signal,
          monotonicUs,
          planned: planned || this.#stopping !== null,
        }
        for (const listener of this.#listeners) listener(exit)
      }),
      keeper.onReplaced(({ name, pid }) => {
        const known = this.processes.get(name)
        if (known !== undefined) this.#started({ ...known, pid })
      }),
    ]
  }

  linkUrl(linkId: string): string {
    const link = this.links.get(linkId)
    if (link === undefined) throw new RangeError(`no link ${linkId}; there are: ${[...this.links.keys()].join(', ')}`)
    if (link.from === usersEnd) return this.mcpUrl
    if (link.protocol !== 'postgres') return `${link.protocol}://${link.host}:${link.port}`
    return databaseUrlAt(this.#parts.engines, 'superuser', link.host, link.port)
  }

  onExit(listener: (exit: StackExit) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onStart(listener: (process: StackProcess) => void): () => void {
    this.#startListeners.add(listener)
    return () => this.#startListeners.delete(listener)
  }

  start(nodeId: string): Promise<void> {
    this.#node(nodeId)
    const under = this.#starting.get(nodeId) ?? this.#startOnce(nodeId).finally(() => this.#starting.delete(nodeId))
    this.#starting.set(nodeId, under)
    return under
  }

  stop(): Promise<void> {
    this.#end.abort()
    this.#stopping ??= this.#stopOnce()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #startOnce(nodeId: string): Promise<void> {
    const mark = this.#marks.get(nodeId)
    if (mark !== undefined && isRunning(mark)) return
    const { startAnew, keeper } = this.#parts
    try {
      const node = await startAnew.get(nodeId)?.(this.#end.signal)
      if (node === undefined) throw new RangeError(`the node ${nodeId} cannot be started`)
      this.nodes.set(nodeId, node)
      for (const process of asProcess(node)) this.#started(process)
    } catch (error) {
      // One that runs and is not ready would be taken for one that is.
      await keeper.stop(nodeId, { signal: 'SIGKILL', graceMs: 0 }).catch(() => undefined)
      throw error
    }
  }

  #started(process: StackProcess): void {
    this.processes.set(process.name, process)
    this.#mark(process.name, process.pid)
    for (const listener of this.#startListeners) listener(process)
  }

  #mark(name: string, pid: number): void {
    const row = readProcess(pid)
    if (row === undefined) this.#marks.delete(name)
    else this.#marks.set(name, row)
  }

  async #stopOnce(): Promise<void> {
    const { keeper, dataRoot, leaves } = this.#parts
    try {
      for (const backups of this.backups.values()) await backups.end()
      await stopProcesses(keeper, leaves)
      await keeper.removeNow(dataRoot)
    } catch (error) {
      // A keeper that has died ends nothing more: its client clears by hand.
      if (error instanceof KeeperError && error.kind === 'gone') return await keeper.endAll()
      throw new StackError({
        kind: 'will_not_stop',
        message: `the stack cannot be ended: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'squall heal ends what is left',
        cause: error,
      })
    } finally {
      for (const forget of this.#forgetKeeper) forget()
    }
  }

  #node(id: string): RunningNode {
    const node = this.nodes.get(id)
    if (node === undefined) throw new RangeError(`no node ${id}; there are: ${[...this.nodes.keys()].join(', ')}`)
    return node
  }
}

/** In the order given. One that has ended is no error. */
export async function stopProcesses(keeper: KeeperClient, leaves: readonly Leave[]): Promise<void> {
  for (const { name, signal, graceMs } of leaves) await keeper.stop(name, { signal, graceMs })
}

function asProcess(node: RunningNode): StackProcess[] {
  const { id, pid, logPath } = node
  return pid === null || logPath === null ? [] : [{ name: id, pid, part: 'node', logPath }]
}
