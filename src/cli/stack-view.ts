import type { ConductedLink, ConductedNode, StackView, UndoOfNode } from '../conduct/stack-view.ts'
import type { UndoHolder } from '../conduct/undo-holder.ts'
import { bridgePath } from '../domain/bridge.ts'
import type { Clock } from '../domain/clock.ts'
import { plannedIdOf, readyProbeOf, runningIdsOf } from '../domain/instances.ts'
import type { LinkControl } from '../domain/link.ts'
import { faultApplication, faultSettings } from '../domain/node-control.ts'
import type { Plan } from '../domain/plan.ts'
import type { KeeperClient } from '../keeper/client.ts'
import { readMemoryLimit } from '../keeper/memory-limit.ts'
import { readOpenFilesLimit } from '../keeper/open-files.ts'
import { readProcess } from '../keeper/process-table.ts'
import type { UndoAction } from '../keeper/undo.ts'
import { type McpTarget, plainTarget } from '../mcp-client/target.ts'
import { databaseTarget } from '../observe/database-probe.ts'
import { httpTarget } from '../observe/http-probe.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import { redisTarget } from '../observe/redis-probe.ts'
import { Hooks } from '../stack/hooks.ts'
import { readLive } from '../stack/local/backup/live.ts'
import { controlNode } from '../stack/node-control.ts'
import type { RunningLink, RunningNode, RunningStack } from '../stack/running-stack.ts'
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

function undoOfLink({ apiUrl, proxyName, host, port, upstream, processName }: RunningLink): UndoAction {
  return {
    kind: 'toxiproxy',
    apiUrl,
    ...(processName === null ? {} : { process: processName }),
    proxy: { name: proxyName, listen: `${host}:${port}`, upstream },
  }
}

/** Its process goes on, whatever was done to it; a database lets go of all that the injection holds. */
function undoOfNode(
  { id, url, applicationUrl, disk }: RunningNode,
  stack: RunningStack,
  injectionId: string,
  how: UndoOfNode,
): UndoAction {
  const pid = stack.processes.get(id)?.pid ?? 0
  // Of a node that has ended by itself: the mark fits nobody, and there is nothing to undo.
  const mark = { pid, startTicks: readProcess(pid)?.startTicks ?? 'ended' }
  const files = readOpenFilesLimit(pid)
  const limits = files === null ? {} : { openFiles: files }
  if (applicationUrl === null) return { kind: 'signal', process: mark, signal: 'SIGCONT', name: id, ...limits }
  const memory = readMemoryLimit(pid)
  const all = {
    ...limits,
    ...(memory === null ? {} : { memory }),
    ...(disk === null ? {} : { disk }),
    ...(how === 'end' ? { ends: true as const } : {}),
  }
  const application = faultApplication(injectionId)
  return { kind: 'database', url, application, settings: faultSettings, process: id, mark, ...all }
}

function undoHolder(keeper: KeeperClient, injectionId: string, action: () => UndoAction): UndoHolder {
  return {
    record: async () => keeper.recordUndo(injectionId, action()),
    forget: () => keeper.undone(injectionId),
    async force() {
      const outcomes = await keeper.heal(injectionId)
      const told = outcomes.map(({ how, why }) => (why === null ? how : `${how}: ${why}`)).join(', ')
      const isHealed = outcomes.length > 0 && outcomes.every(({ how }) => how !== 'failed')
      return {
        isHealed,
        how: isHealed ? `the keeper healed it (${told})` : `the keeper could not heal it (${told || 'it has no undo'})`,
      }
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

/** What runs for a node of the plan, each with its id where there are several. */
function instancesOf(stack: RunningStack, { stack: planned }: Paths, nodeId: string) {
  const ids = runningIdsOf(planned, nodeId)
  return ids.flatMap((id) => {
    const node = stack.nodes.get(id)
    return node === undefined ? [] : [{ node, instance: ids.length === 1 ? null : id }]
  })
}

/** Where the plan's node tells of its pool, each instance of it; empty: the plan does not observe it. */
export function poolsOf(stack: RunningStack, plan: Paths): StackView['pools'] {
  const { pool } = plan.observe
  if (pool === null) return []
  return instancesOf(stack, plan, pool.node).map(({ node, instance }) => ({
    instance,
    metricsUrl: pool.url ?? urlOn(node.url, pool.path),
  }))
}

/** Where the server says whether it is ready, past the link of its users and the balancer; empty: it has no such path. */
function readinessOf(stack: RunningStack, plan: Paths): StackView['readiness'] {
  const path = plan.stack.nodes[stack.serverId]?.readyPath ?? null
  if (path === null) return []
  return instancesOf(stack, plan, stack.serverId).map(({ node, instance }) => ({
    name: readyProbeOf(instance),
    readyUrl: urlOn(node.url, path),
  }))
}

function balancerOf({ balancerUrl, serverId }: RunningStack, plan: Paths): StackView['balancer'] {
  return balancerUrl === null ? null : { url: balancerUrl, instances: runningIdsOf(plan.stack, serverId) }
}

/** Past the link of the users: what stands there is none of the bridge's cost. */
function bridgesOf(stack: RunningStack, plan: Paths): StackView['bridges'] {
  if (plan.stack.nodes[stack.serverId]?.stdio === undefined) return []
  return instancesOf(stack, plan, stack.serverId).map(({ node, instance }) => ({
    instance,
    url: urlOn(node.url, bridgePath),
  }))
}

/** Of the node itself, or of the one that this is an instance of. */
function readyPathOf({ stack }: Paths, runningId: string): string | null {
  return stack.nodes[plannedIdOf(stack, runningId) ?? '']?.readyPath ?? null
}

/** Our own connections through a link: to what is behind it, to the server as its users come. */
function probeTargetOf(link: RunningLink, stack: RunningStack, plan: Paths): ProbeTarget {
  const readyPath = plan.stack.nodes[link.to]?.readyPath ?? null
  return targetOf(link.protocol, stack.linkUrl(link.id), readyPath, stack.kind !== 'external')
}

/** Any answer of an HTTP server shows that it lives; the ready path is what it is known to answer. */
function targetOf(
  protocol: RunningLink['protocol'],
  url: string,
  readyPath: string | null,
  /** Of a database that others gave us a login for, it is not known to open another one. */
  isOwn: boolean,
): ProbeTarget {
  switch (protocol) {
    case 'postgres':
      return databaseTarget(isOwn ? inMaintenanceDatabase(url) : url, url)
    case 'redis':
      return redisTarget(new URL(url).hostname, Number(new URL(url).port))
    case 'http':
      return httpTarget(urlOn(url, readyPath ?? '/'))
  }
}

/** Not resolved against the node's URL: `//host/path` would lead to another machine. */
function urlOn(nodeUrl: string, path: string): string {
  return `${new URL(nodeUrl).origin}${path}`
}

/** A local stack as conducting sees it, with what the plan asks of it. */
export function stackView(
  stack: RunningStack,
  plan: Paths,
  keeper: KeeperClient,
  clock: Clock,
  logsDir: string,
  target: McpTarget = plainTarget(stack.mcpUrl),
): StackView {
  const own = plan.stack.hooks
  const hooks = own === undefined ? null : new Hooks({ plan: own, stack, keeper, clock, logsDir })
  const links = new Map<string, ConductedLink>()
  for (const link of stack.links.values())
    links.set(link.id, {
      id: link.id,
      control: controlOf(link, clock),
      probeTarget: probeTargetOf(link, stack, plan),
      undo: (injectionId) => undoHolder(keeper, injectionId, () => undoOfLink(link)),
    })
  const nodes = new Map<string, ConductedNode>()
  for (const [id, node] of stack.nodes)
    nodes.set(id, {
      id,
      role: node.role,
      probeTarget: targetOf(
        node.role === 'mcp' ? 'http' : node.role,
        node.url,
        readyPathOf(plan, id),
        stack.kind !== 'external',
      ),
      control: (injectionId, tell) => ({
        ...controlNode(node, stack, keeper, injectionId, clock, tell),
        ...(hooks === null ? {} : { hooks: hooks.on(id) }),
      }),
      undo: (injectionId, how) =>
        undoHolder(
          keeper,
          injectionId,
          () => (how === 'hook' && hooks?.undo(id)) || undoOfNode(node, stack, injectionId, how),
        ),
    })
  const isBridged = (id: string) => plan.stack.nodes[plannedIdOf(plan.stack, id) ?? '']?.stdio !== undefined
  const databases = new Map(
    [...stack.nodes.values()].filter(({ role }) => role === 'postgres').map(({ id, url }) => [id, url]),
  )
  return {
    target,
    pools: poolsOf(stack, plan),
    readiness: readinessOf(stack, plan),
    balancer: balancerOf(stack, plan),
    bridges: bridgesOf(stack, plan),
    databaseUrl: stack.databaseUrl,
    databases: [...databases].map(([id, url]) => ({ id, url })),
    readLive: async (isLookedInto) => {
      if (stack.databaseUrl === null) throw new Error('the stack has no database')
      return await readLive(stack.databaseUrl, isLookedInto)
    },
    primary: () => stack.cluster?.primary ?? databases.keys().next().value ?? null,
    links,
    proxies:
      stack.kind === 'external'
        ? [...stack.links.values()].map(({ id, host, port }) => ({ link: id, host, port }))
        : [],
    nodes,
    hooks,
    processes: () => [
      ...[...stack.processes.values()].map(({ name, pid }) => ({
        name,
        pid,
        withChildren: databases.has(name) || isBridged(name),
      })),
      { name: 'keeper', pid: keeper.pid, withChildren: false },
    ],
    onStart(listener) {
      stack.onStart(listener)
    },
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
