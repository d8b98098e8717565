import type { UndoHolder } from '../conduct/injection.ts'
import type { ConductedLink, StackView } from '../conduct/stack-view.ts'
import type { Clock } from '../domain/clock.ts'
import type { LinkControl } from '../domain/link.ts'
import type { Plan } from '../domain/plan.ts'
import type { KeeperClient } from '../keeper/client.ts'
import type { RunningLink, RunningStack } from '../stack/running-stack.ts'
import { connectToxiproxy } from '../stack/toxiproxy.ts'

function controlOf(link: RunningLink, clock: Clock): LinkControl {
  const proxy = connectToxiproxy(link.apiUrl, clock)
  return {
    id: link.id,
    addToxic: (toxic) => proxy.addToxic(link.proxyName, toxic),
    removeToxic: (name) => proxy.removeToxic(link.proxyName, name),
    setEnabled: (enabled) => proxy.setEnabled(link.proxyName, enabled),
  }
}

function undoOf(link: RunningLink, keeper: KeeperClient, injectionId: string): UndoHolder {
  const { apiUrl, proxyName, host, port, upstream, processName } = link
  return {
    record: () =>
      keeper.recordUndo(injectionId, {
        kind: 'toxiproxy',
        apiUrl,
        ...(processName === null ? {} : { process: processName }),
        proxy: { name: proxyName, listen: `${host}:${port}`, upstream },
      }),
    forget: () => keeper.undone(injectionId),
    async force() {
      const outcomes = await keeper.heal(injectionId)
      return `the keeper healed it: ${outcomes.map((outcome) => JSON.stringify(outcome)).join(', ')}`
    },
  }
}

/** Our fresh connections must not count among the sessions of the system's own database. */
function inMaintenanceDatabase(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.pathname = '/postgres'
  return url.href
}

/** What the plan's paths are asked at; a path that starts with / stays on the node. */
type Paths = Pick<Plan, 'stack' | 'observe'>

/** Where the plan's node tells of its pool; null: the plan does not observe it. */
export function metricsUrlOf(stack: RunningStack, { observe: { pool } }: Paths): string | null {
  const node = pool === null ? undefined : stack.nodes.get(pool.node)
  return pool === null || node === undefined ? null : urlOn(node.url, pool.path)
}

/** Where the server says whether it is ready; null: it has no such path. */
function readyUrlOf(stack: RunningStack, plan: Paths): string | null {
  const server = [...stack.nodes.values()].find(({ url }) => url === stack.mcpUrl)
  const path = server === undefined ? null : (plan.stack.nodes[server.id]?.readyPath ?? null)
  return path === null ? null : urlOn(stack.mcpUrl, path)
}

/** Not resolved against the node's URL: `//host/path` would lead to another machine. */
function urlOn(nodeUrl: string, path: string): string {
  return `${new URL(nodeUrl).origin}${path}`
}

/** A local stack as conducting sees it, with what the plan asks of it. */
export function stackView(stack: RunningStack, plan: Paths, keeper: KeeperClient, clock: Clock): StackView {
  const links = new Map<string, ConductedLink>()
  for (const link of stack.links.values())
    links.set(link.id, {
      id: link.id,
      control: controlOf(link, clock),
      databaseUrl: inMaintenanceDatabase(stack.linkDatabaseUrl(link.id)),
      undo: (injectionId) => undoOf(link, keeper, injectionId),
    })
  const databases = new Set([...stack.nodes.values()].filter(({ role }) => role === 'postgres').map(({ id }) => id))
  return {
    mcpUrl: stack.mcpUrl,
    metricsUrl: metricsUrlOf(stack, plan),
    readyUrl: readyUrlOf(stack, plan),
    databaseUrl: stack.databaseUrl,
    links,
    processes: () => [
      ...[...stack.processes.values()].map(({ name, pid }) => ({ name, pid, withChildren: databases.has(name) })),
      { name: 'keeper', pid: keeper.pid, withChildren: false },
    ],
    onExit(listener) {
      stack.onExit(({ name, pid, part, code, signal, monotonicUs, planned }) =>
        listener({ node: name, part: part === 'node' ? 'system' : 'harness', pid, code, signal, monotonicUs, planned }),
      )
      // Watched for the whole run: a keeper that dies leaves the faults without their undo.
      void keeper.gone.then(({ planned, code, signal }) =>
        listener({
          node: 'keeper',
          part: 'harness',
          pid: keeper.pid,
          code,
          signal,
          monotonicUs: clock.monotonicUs(),
          planned,
        }),
      )
    },
  }
}
