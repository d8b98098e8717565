import type { UndoHolder } from '../conduct/injection.ts'
import type { ConductedLink, StackView } from '../conduct/stack-view.ts'
import type { Clock } from '../domain/clock.ts'
import type { LinkControl } from '../domain/link.ts'
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

/** A local stack as conducting sees it. */
export function stackView(stack: RunningStack, keeper: KeeperClient, clock: Clock): StackView {
  const links = new Map<string, ConductedLink>()
  for (const link of stack.links.values())
    links.set(link.id, {
      id: link.id,
      control: controlOf(link, clock),
      databaseUrl: inMaintenanceDatabase(stack.linkDatabaseUrl(link.id)),
      undo: (injectionId) => undoOf(link, keeper, injectionId),
    })
  const server = new URL(stack.mcpUrl)
  const databases = new Set([...stack.nodes.values()].filter(({ role }) => role === 'postgres').map(({ id }) => id))
  return {
    mcpUrl: stack.mcpUrl,
    metricsUrl: stack.metricsUrl,
    readyUrl: new URL('/ready', server).href,
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
