import { join } from 'node:path'
import { KeeperError } from '../../keeper/keeper-error.ts'
import type { RunningLink, RunningNode, RunningStack, StackProcess } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { backupSettingOf } from './backup/backup-setting.ts'
import { LocalBackups } from './backup/local-backups.ts'
import type { LocalCluster } from './cluster.ts'
import { beginToFollow, clusterOf } from './cluster-acts.ts'
import { type DatabasePlace, databaseUrlAt, dataRootOf, startDatabase, startDatabaseAnew } from './database.ts'
import { type Layout, layOut, leavesOf, type Parts, partsOf } from './layout.ts'
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
 * Starts databases, services and proxies side by side, then the server on them; all belong to the keeper. Resolves when the
 * server is ready. Rejects with a StackError, or with the signal's reason when it aborts; then nothing of it runs and
 * its data is gone.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<RunningStack> {
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

async function start(parts: Parts, dataRoot: string, options: LocalStackOptions): Promise<RunningStack> {
  const { engines, keeper, clock, logsDir, referenceServerPath } = options
  const giveUp = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal
  const layout = await layOut(parts, dataRoot, logsDir)
  const { primary, replicas, services, links, serverLink, usersLink, router } = layout
  const end = new AbortController()
  /** What is started later than the stack, and ends with it. */
  const later: StartContext = { keeper, clock, signal: end.signal }
  const cluster = clusterOf(layout, options, later, (id) => stack.start(id))
  const beneath = await startBeneath(layout, cluster, options, { keeper, clock, signal }, giveUp)

  const serverPlace: ServerPlace = {
    node: parts.server,
    port: layout.serverPort,
    databaseUrl: databaseUrlAt(engines, 'application', loopback, serverLink.port),
    logPath: join(logsDir, `${parts.server.id}.log`),
    referenceServerPath,
    services: services.flatMap(({ node, port }) =>
      wordsOfService(node.id, links.find(({ to }) => to === node.id) ?? { host: loopback, port }),
    ),
  }
  const mcp = await startMcpServer(serverPlace, { keeper, clock, signal })
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
  const serverAnew: StartAnew = (stop) => startMcpServer(serverPlace, { keeper, clock, signal: stop })
  const stack: LocalStack = new LocalStack({
    engines,
    keeper,
    dataRoot,
    startAnew: new Map([...anew, ...servicesAnew, [mcp.id, serverAnew]]),
    nodes: [...beneath.nodes, mcp],
    links,
    proxies: beneath.proxies,
    leaves: leavesOf(parts),
    serverId: mcp.id,
    mcpUrl: usersLink === null ? mcp.url : throughLink(mcp.url, usersLink),
    databaseUrl: superuserUrl(engines, router?.port ?? primary.port),
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

function throughLink(url: string, link: RunningLink): string {
  const through = new URL(url)
  through.hostname = link.host
  through.port = String(link.port)
  return through.href
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
