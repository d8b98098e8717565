import { join } from 'node:path'
import { type LinkSpec, type NodeSpec, usersEnd } from '../../domain/plan.ts'
import { KeeperError } from '../../keeper/keeper-error.ts'
import type { RunningLink, RunningNode, RunningStack, StackProcess } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { LocalCluster } from './cluster.ts'
import {
  copyNameOf,
  type DatabasePlace,
  databaseUrlAt,
  dataRootOf,
  type Followed,
  startDatabase,
  startDatabaseAnew,
} from './database.ts'
import type { LocalStackOptions } from './options.ts'
import { freePort, loopback, portFor } from './ports.ts'
import { proxyProcessName, startProxies } from './proxy.ts'
import { cloneFrom, promote, streaming, superuserUrl } from './replica.ts'
import { routerProcessName, startRouter, switchRoute } from './router.ts'
import { LocalStack, type StartAnew, stopProcesses } from './running.ts'
import { startMcpServer } from './server.ts'
import { allOrNone, type StartContext } from './starting.ts'

interface Parts {
  readonly server: NodeSpec
  readonly primary: NodeSpec
  /** The primary first. */
  readonly databases: readonly NodeSpec[]
  readonly links: readonly LinkSpec[]
  /** The one between the server and its database. */
  readonly serverLink: LinkSpec
}

/**
 * Starts databases and proxies side by side, then the server on them; all belong to the keeper. Resolves when the
 * server is ready. Rejects with a StackError, or with the signal's reason when it aborts; then nothing of it runs and
 * its data is gone.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<RunningStack> {
  const parts = partsOf(options)
  const { keeper, engines, runId } = options
  const dataRoot = dataRootOf(engines, runId)
  try {
    await keeper.removeAtEnd(dataRoot)
    return await start(parts, dataRoot, options)
  } catch (error) {
    await stopProcesses(keeper, nodeNames(parts)).catch(() => undefined)
    await keeper.removeNow(dataRoot).catch(() => undefined)
    throw asToldError(error, options.signal)
  }
}

async function start(parts: Parts, dataRoot: string, options: LocalStackOptions): Promise<RunningStack> {
  const { engines, keeper, clock, logsDir, referenceServerPath } = options
  const giveUp = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal
  const context: StartContext = { keeper, clock, signal }
  const ports = await reservePorts(parts)
  const places = parts.databases.map((node): DatabasePlace => {
    const at = { dataDir: join(dataRoot, node.id), logPath: join(logsDir, `${node.id}.log`) }
    return { node, port: ports.nodes.get(node.id) ?? 0, ...at, isReplicated: parts.databases.length > 1 }
  })
  const links = await planLinks(parts, ports)
  const portOfLink = (id: string | undefined): number => links.find((link) => link.id === id)?.port ?? 0
  const portOf = (id: string): number => ports.nodes.get(id) ?? 0

  const proxyLogPath = join(logsDir, `${proxyProcessName}.log`)
  const proxies = links.map(({ proxyName, host, port, upstream }) => ({
    name: proxyName,
    listen: `${host}:${port}`,
    upstream,
  }))
  const proxyPlace = { apiPort: ports.proxyApi, logPath: proxyLogPath, stateFolder: keeper.stateFolder, proxies }
  const { server, primary } = parts
  const stackEnd = new AbortController()
  const cluster = new LocalCluster(places, primary.id, firstFollowed(parts, links, portOf), {
    promote: (place) => promote(superuserUrl(engines, place.port)),
    switchRoute: (upstream) => switchRoute(ports.router?.api ?? 0, upstream),
    async cloneAndStart(place, followedPort) {
      const { id } = place.node
      await keeper.stop(id, { signal: 'SIGKILL', graceMs: 0 })
      await cloneFrom(followedPort, place, engines, { keeper, clock, signal: stackEnd.signal })
      await stack.start(id)
      await streaming(superuserUrl(engines, followedPort), [id], clock, stackEnd.signal)
    },
  })
  const { router } = ports
  const routerLogPath = join(logsDir, `${routerProcessName}.log`)
  const [databases, proxy, routing] = await allOrNone<
    [RunningNode[], { pid: number; apiUrl: string }, { pid: number } | null]
  >(giveUp, [
    allOrNone<RunningNode[]>(
      giveUp,
      places.map((place) => startDatabase(place, cluster.followedBy(place.node.id), engines, context)),
    ),
    startProxies(proxyPlace, engines, context),
    router === null
      ? Promise.resolve(null)
      : startRouter(
          {
            port: router.port,
            apiPort: router.api,
            upstream: `${loopback}:${portOf(primary.id)}`,
            logPath: routerLogPath,
          },
          engines,
          context,
        ),
  ])
  await allStream(superuserUrl(engines, portOf(primary.id)), cluster.followers, context)

  const databaseUrl = databaseUrlAt(engines, 'application', loopback, portOfLink(parts.serverLink.id))
  const serverLogPath = join(logsDir, `${server.id}.log`)
  const serverPlace = {
    node: server,
    port: portOf(server.id),
    databaseUrl,
    logPath: serverLogPath,
    referenceServerPath,
  }
  const mcp = await startMcpServer(serverPlace, context)
  const anew = places.map((place): [string, StartAnew] => [
    place.node.id,
    (signal) => startDatabaseAnew(place, cluster.followedBy(place.node.id), engines, { keeper, clock, signal }),
  ])
  const usersLink = links.find(({ from }) => from === usersEnd)
  const proxyParts: StackProcess[] = [
    { name: proxyProcessName, pid: proxy.pid, part: 'proxy', logPath: proxyLogPath },
    ...(routing === null
      ? []
      : [{ name: routerProcessName, pid: routing.pid, part: 'proxy' as const, logPath: routerLogPath }]),
  ]
  const stack: LocalStack = new LocalStack({
    engines,
    keeper,
    dataRoot,
    startAnew: new Map([...anew, [server.id, (signal) => startMcpServer(serverPlace, { keeper, clock, signal })]]),
    nodes: [...databases, mcp],
    links,
    proxies: proxyParts,
    serverId: server.id,
    mcpUrl: usersLink === undefined ? mcp.url : throughLink(mcp.url, usersLink),
    databaseUrl: superuserUrl(engines, router?.port ?? portOf(primary.id)),
    cluster: router === null ? null : cluster,
    end: stackEnd,
  })
  return stack
}

interface Ports {
  readonly nodes: ReadonlyMap<string, number>
  readonly proxyApi: number
  /** null: no database fails over to another. */
  readonly router: { readonly port: number; readonly api: number } | null
}

async function reservePorts({ server, databases }: Parts): Promise<Ports> {
  const nodes = new Map<string, number>()
  for (const node of [server, ...databases]) nodes.set(node.id, await portFor(node))
  const router = databases.length > 1 ? { port: await freePort(), api: await freePort() } : null
  return { nodes, proxyApi: await freePort(), router }
}

async function planLinks({ links, serverLink }: Parts, ports: Ports): Promise<RunningLink[]> {
  const planned: RunningLink[] = []
  for (const link of links) {
    const { id, from, to } = link
    // Two databases: the follower dials the one that it follows.
    const isReplication = from !== usersEnd && link !== serverLink
    const upstreamPort =
      link === serverLink && ports.router !== null ? ports.router.port : ports.nodes.get(isReplication ? from : to)
    planned.push({
      id,
      from,
      to,
      host: loopback,
      port: await freePort(),
      upstream: `${loopback}:${upstreamPort ?? 0}`,
      protocol: from === usersEnd ? 'http' : 'postgres',
      proxyName: id,
      apiUrl: `http://${loopback}:${ports.proxyApi}`,
      processName: proxyProcessName,
    })
  }
  return planned
}

function firstFollowed(
  { databases, primary }: Parts,
  links: readonly RunningLink[],
  portOf: (id: string) => number,
): ReadonlyMap<string, Followed> {
  const replicas = databases.filter(({ follows }) => follows !== null)
  return new Map(
    replicas.map(({ id }) => {
      const link = links.find(({ from, to }) => from === primary.id && to === id)
      return [id, { host: loopback, port: link?.port ?? portOf(primary.id) }]
    }),
  )
}

async function allStream(url: string, replicas: readonly string[], { clock, signal }: StartContext): Promise<void> {
  try {
    await streaming(url, replicas, clock, signal)
  } catch (cause) {
    throw new StackError({
      kind: 'database_will_not_start',
      message: `replication did not begin: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'see the logs of the replicas',
      cause,
    })
  }
}

function throughLink(url: string, link: RunningLink): string {
  const through = new URL(url)
  through.hostname = link.host
  through.port = String(link.port)
  return through.href
}

/** Plans are checked for this before; whoever builds one in another way is told here. */
function partsOf({ stack }: LocalStackOptions): Parts {
  const nodes = Object.values(stack.nodes)
  const links = Object.values(stack.links)
  const servers = nodes.filter(({ role }) => role === 'mcp')
  const [server] = servers
  if (server === undefined || servers.length > 1 || server.instances !== 1) {
    throw notSupported(`a local stack has one server of one instance, not ${servers.map(({ id }) => id).join(', ')}`)
  }
  const databases = nodes.filter(({ role }) => role === 'postgres')
  const serverLink = links.find(({ from }) => from === server.id)
  const primary = databases.find(({ id }) => id === serverLink?.to)
  if (serverLink === undefined || primary === undefined)
    throw notSupported(`no link leads from ${server.id} to a database`)
  if (nodes.some(({ id }) => reservedNames.includes(id)))
    throw notSupported(`no node can be called ${reservedNames.join(' or ')}`)
  const replicas = databases.filter((node) => node !== primary)
  if (replicas.some(({ follows }) => follows !== primary.id))
    throw notSupported(`every other database follows ${primary.id}, which the server uses`)
  return { server, primary, databases: [primary, ...replicas], links, serverLink }
}

const reservedNames: readonly string[] = [proxyProcessName, routerProcessName, usersEnd]

function notSupported(message: string): StackError {
  return new StackError({ kind: 'not_supported', message, hint: 'squall validate tells what a plan can ask for' })
}

/** Last started first. */
function nodeNames({ server, databases }: Parts): string[] {
  return [server.id, proxyProcessName, routerProcessName, ...databases.flatMap(({ id }) => [id, copyNameOf(id)])]
}

/** An interrupt is told as whoever aborted the signal tells it, with an exit code of its own. */
function asToldError(error: unknown, interrupt: AbortSignal | undefined): Error {
  if (interrupt?.aborted) {
    const { reason } = interrupt
    if (reason instanceof Error && reason.name !== 'AbortError') return reason
    return new StackError({ kind: 'interrupted', message: 'interrupted while the stack started', hint: 'start again' })
  }
  if (error instanceof StackError) return error
  const message = error instanceof Error ? error.message : String(error)
  const hint = error instanceof KeeperError ? error.hint : 'see logs/keeper.log in the run folder'
  return new StackError({
    kind: 'keeper_failed',
    message: `the stack cannot be started: ${message}`,
    hint,
    cause: error,
  })
}
