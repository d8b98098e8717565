import type { KeeperClient } from '../../keeper/client.ts'
import { KeeperError } from '../../keeper/keeper-error.ts'
import type { RunningLink, RunningNode, RunningStack, StackExit, StackProcess } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { databaseUrlAt } from './database.ts'
import { databaseGraceMs, proxyGraceMs, serverGraceMs } from './limits.ts'
import type { StackEngines } from './options.ts'
import { proxyProcessName } from './proxy.ts'

export interface LocalStackParts {
  readonly engines: StackEngines
  readonly keeper: KeeperClient
  readonly dataRoot: string
  readonly nodes: readonly RunningNode[]
  readonly links: readonly RunningLink[]
  readonly proxy: StackProcess
  readonly serverId: string
  /** The one the server uses. */
  readonly databaseId: string
}

export class LocalStack implements RunningStack {
  readonly kind = 'local'
  readonly nodes: ReadonlyMap<string, RunningNode>
  readonly links: ReadonlyMap<string, RunningLink>
  readonly processes: Map<string, StackProcess>
  readonly mcpUrl: string
  readonly databaseUrl: string
  readonly #parts: LocalStackParts
  readonly #listeners = new Set<(exit: StackExit) => void>()
  readonly #forgetKeeper: (() => void)[]
  #stopping: Promise<void> | null = null

  constructor(parts: LocalStackParts) {
    const { keeper, nodes, links, proxy } = parts
    this.#parts = parts
    this.nodes = new Map(nodes.map((node) => [node.id, node]))
    this.links = new Map(links.map((link) => [link.id, link]))
    this.processes = new Map([...nodes.flatMap(asProcess), proxy].map((one) => [one.name, one]))
    this.mcpUrl = this.#node(parts.serverId).url
    this.databaseUrl = this.#node(parts.databaseId).url
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
        if (known !== undefined) this.processes.set(name, { ...known, pid })
      }),
    ]
  }

  linkDatabaseUrl(linkId: string): string {
    const link = this.links.get(linkId)
    if (link === undefined) throw new RangeError(`no link ${linkId}; there are: ${[...this.links.keys()].join(', ')}`)
    return databaseUrlAt(this.#parts.engines, 'superuser', link.host, link.port)
  }

  onExit(listener: (exit: StackExit) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stopOnce(): Promise<void> {
    const { keeper, dataRoot, serverId } = this.#parts
    const databases = [...this.nodes.values()].filter(({ role }) => role === 'postgres').map(({ id }) => id)
    try {
      await stopProcesses(keeper, [serverId, proxyProcessName, ...databases])
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
export async function stopProcesses(keeper: KeeperClient, names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    if (index === 0) await keeper.stop(name, { signal: 'SIGTERM', graceMs: serverGraceMs })
    else if (name === proxyProcessName) await keeper.stop(name, { signal: 'SIGTERM', graceMs: proxyGraceMs })
    // Immediate shutdown: its data goes the next moment, and a checkpoint would only take time.
    else await keeper.stop(name, { signal: 'SIGQUIT', graceMs: databaseGraceMs })
  }
}

function asProcess(node: RunningNode): StackProcess[] {
  const { id, pid, logPath } = node
  return pid === null || logPath === null ? [] : [{ name: id, pid, part: 'node', logPath }]
}
