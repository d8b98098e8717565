import { join } from 'node:path'
import { KeeperError } from '../../keeper/keeper-error.ts'
import type { RunningNode, StackProcess } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { backupSettingOf } from './backup/backup-setting.ts'
import { LocalBackups } from './backup/local-backups.ts'
import { type BalancerPlace, balancerProcessName, balancerUrl, startBalancer } from './balancer.ts'
import type { LocalCluster } from './cluster.ts'
import { beginToFollow, clusterOf } from './cluster-acts.ts'
import { databaseUrlAt, dataRootOf, startDatabase, startDatabaseAnew } from './database.ts'
import { type InstancePlace, type Layout, layOut, leavesOf, type Parts, partsOf } from './layout.ts'
import type { LocalStackOptions, StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { proxyProcessName, startProxies } from './proxy.ts'
import { superuserUrl } from './replica.ts'
import { routerProcessName, startRouter } from './router.ts'
import { LocalStack, type StartAnew, stopProcesses } from './running.ts'
import { type ServerPlace, startMcpServer } from './server.ts'
import { startService, wordsOfService } from './service.ts'
import { allOrNone, type StartContext } from './starting.ts'

/**
 * Starts databases, services and proxies side by side, then the server on them, and a balancer before several instances
 * of it; all belong to the keeper. Resolves when the server is ready. Rejects with a StackError, or with the signal's reason when it aborts; then nothing of it runs and
 * its data is gone.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const parts = partsOf(options.stack)
  const { keeper, engines, runId } = options
  const dataRoot = dataRootOf(engines, runId)
  try {
    await keeper.removeAtEnd(dataRoot)
    return await start(parts, dataRoot, options)
  } catch (error) {
    await stopProcesses(keeper, leavesOf(parts)).catch(() => undefined)
    await keeper.removeNow(dataRoot).catch(() => undefined)
    throw asToldError(error, options.signal)
  }
}

async function start(parts: Parts, dataRoot: string, options: LocalStackOptions): Promise<LocalStack> {
  const { engines, keeper, clock } = options
  const giveUp = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal
  const layout = await layOut(parts, dataRoot, options.logsDir)
  const { primary, replicas, services, links, usersLink, router, balancer } = layout
  const end = new AbortController()
  /** What is started later than the stack, and ends with it. */
  const later: StartContext = { keeper, clock, signal: end.signal }
  const cluster = clusterOf(layout, options, later, (id) => stack.start(id))
  const context = { keeper, clock, signal }
  const beneath = await startBeneath(layout, cluster, options, context, giveUp)

  const serverPlaces = layout.instances.map((instance) => serverPlaceOf(instance, layout, options))
  const servers = await allOrNone<RunningNode[]>(
    giveUp,
    serverPlaces.map((place) => startMcpServer(place, context)),
  )
  const [first] = servers
  if (first === undefined) throw new Error('a stack has a server')
  const balancing = balancer === null ? [] : [await startBalancing(balancer, engines, context)]
  const anew = [primary, ...replicas].map((place): [string, StartAnew] => [
    place.node.id,
    (stop) =>
      cluster.startFollowing(place.node.id, () =>
        startDatabaseAnew(place, cluster.standingOf(place.node.id), engines, { keeper, clock, signal: stop }),
      ),
  ])
  const servicesAnew = services.map((place): [string, StartAnew] => [
    place.node.id,
    (stop) => startService(place, { keeper, clock, signal: stop }),
  ])
  const serversAnew = serverPlaces.map((place): [string, StartAnew] => [
    place.node.id,
    (stop) => startMcpServer(place, { keeper, clock, signal: stop }),
  ])
  const frontUrl = balancer === null ? first.url : at(first.url, { host: loopback, port: balancer.port })
  const stack: LocalStack = new LocalStack({
    engines,
    keeper,
    dataRoot,
    startAnew: new Map([...anew, ...servicesAnew, ...serversAnew]),
    nodes: [...beneath.nodes, ...servers],
    links,
    proxies: [...beneath.proxies, ...balancing],
    leaves: leavesOf(parts),
    serverId: parts.server.id,
    mcpUrl: usersLink === null ? frontUrl : at(frontUrl, usersLink),
    databaseUrl: superuserUrl(engines, router?.port ?? primary.port),
    balancerUrl: balancer === null ? null : balancerUrl(balancer.apiPort),
    cluster: router === null ? null : cluster,
    backups: backupsOf(layout, engines, later),
    end,
  })
  return stack
}

/** Of the primary of the plan, where it has any. */
function backupsOf({ primary }: Layout, engines: StackEngines, context: StartContext): Map<string, LocalBackups> {
  const plan = primary.node.backups ?? null
  if (plan === null) return new Map()
  return new Map([[primary.node.id, new LocalBackups(backupSettingOf(plan, primary, engines, context))]])
}

function serverPlaceOf(
  { node, port, logPath, toDatabase, links }: InstancePlace,
  { services }: Layout,
  { engines, referenceServerPath }: LocalStackOptions,
): ServerPlace {
  return {
    node,
    port,
    databaseUrl: databaseUrlAt(engines, 'application', loopback, toDatabase.port),
    logPath,
    referenceServerPath,
    services: services.flatMap((service) =>
      wordsOfService(
        service.node.id,
        links.find(({ to }) => to === service.node.id) ?? { host: loopback, port: service.port },
      ),
    ),
  }
}

async function startBalancing(
  place: BalancerPlace,
  engines: LocalStackOptions['engines'],
  context: StartContext,
): Promise<StackProcess> {
  const { pid } = await startBalancer(place, engines, context)
  return { name: balancerProcessName, pid, part: 'proxy', logPath: place.logPath }
}

interface Beneath {
  readonly nodes: readonly RunningNode[]
  readonly proxies: readonly StackProcess[]
}

/** What the server stands on, side by side; replicas stream when this resolves. */
async function startBeneath(
  layout: Layout,
  cluster: LocalCluster,
  { engines, keeper, logsDir }: LocalStackOptions,
  context: StartContext,
  giveUp: AbortController,
): Promise<Beneath> {
  const { primary, replicas, services, links, router, proxyApiPort } = layout
  const proxyLogPath = join(logsDir, `${proxyProcessName}.log`)
  const proxies = links.map(({ proxyName, host, port, upstream }) => ({
    name: proxyName,
    listen: `${host}:${port}`,
    upstream,
  }))
  const proxyPlace = { apiPort: proxyApiPort, logPath: proxyLogPath, stateFolder: keeper.stateFolder, proxies }
  const [nodes, proxy, routing] = await allOrNone<[RunningNode[], { pid: number }, { pid: number } | null]>(giveUp, [
    allOrNone<RunningNode[]>(giveUp, [
      ...[primary, ...replicas].map((place) =>
        startDatabase(place, cluster.standingOf(place.node.id), engines, context),
      ),
      ...services.map((place) => startService(place, context)),
    ]),
    startProxies(proxyPlace, engines, context),
    router === null ? Promise.resolve(null) : startRouter(router, engines, context),
  ])
  await beginToFollow(superuserUrl(engines, primary.port), cluster.followers, context)
  const part = 'proxy'
  return {
    nodes,
    proxies: [
      { name: proxyProcessName, pid: proxy.pid, part, logPath: proxyLogPath },
      ...(router === null || routing === null
        ? []
        : [{ name: routerProcessName, pid: routing.pid, part, logPath: router.logPath } as const]),
    ],
  }
}

/** The same, asked of another address. */
function at(url: string, { host, port }: { readonly host: string; readonly port: number }): string {
  const there = new URL(url)
  there.hostname = host
  there.port = String(port)
  return there.href
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
