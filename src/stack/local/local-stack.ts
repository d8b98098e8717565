import { join } from 'node:path'
import type { LinkSpec, NodeSpec } from '../../domain/plan.ts'
import { KeeperError } from '../../keeper/keeper-error.ts'
import type { RunningLink, RunningNode, RunningStack } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { type DatabasePlace, databaseUrlAt, dataRootOf, startDatabase, startDatabaseAnew } from './database.ts'
import type { LocalStackOptions } from './options.ts'
import { freePort, loopback, portFor } from './ports.ts'
import { proxyProcessName, startProxies } from './proxy.ts'
import { LocalStack, type StartAnew, stopProcesses } from './running.ts'
import { startMcpServer } from './server.ts'
import { allOrNone, type StartContext } from './starting.ts'

interface Parts {
  readonly server: NodeSpec
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
  const { server } = parts
  const serverPort = await portFor(server)
  const places: DatabasePlace[] = []
  for (const node of parts.databases) {
    const logPath = join(logsDir, `${node.id}.log`)
    places.push({ node, port: await portFor(node), dataDir: join(dataRoot, node.id), logPath })
  }
  const apiPort = await freePort()
  const links: RunningLink[] = []
  for (const link of parts.links) links.push(await planLink(link, places, apiPort))

  const proxyLogPath = join(logsDir, `${proxyProcessName}.log`)
  const proxies = links.map((link) => ({
    name: link.proxyName,
    listen: `${link.host}:${link.port}`,
    upstream: link.upstream,
  }))
  const proxyPlace = { apiPort, logPath: proxyLogPath, stateFolder: keeper.stateFolder, proxies }
  const [databases, proxy] = await allOrNone<[RunningNode[], { pid: number; apiUrl: string }]>(giveUp, [
    allOrNone<RunningNode[]>(
      giveUp,
      places.map((place) => startDatabase(place, engines, context)),
    ),
    startProxies(proxyPlace, engines, context),
  ])

  const link = links.find(({ id }) => id === parts.serverLink.id)
  const databaseUrl = databaseUrlAt(engines, 'application', loopback, link?.port ?? 0)
  const serverLogPath = join(logsDir, `${server.id}.log`)
  const serverPlace = { node: server, port: serverPort, databaseUrl, logPath: serverLogPath, referenceServerPath }
  const mcp = await startMcpServer(serverPlace, context)
  const anew = places.map((place): [string, StartAnew] => [
    place.node.id,
    (signal) => startDatabaseAnew(place, engines, { keeper, clock, signal }),
  ])
  return new LocalStack({
    engines,
    keeper,
    dataRoot,
    startAnew: new Map([...anew, [server.id, (signal) => startMcpServer(serverPlace, { keeper, clock, signal })]]),
    nodes: [...databases, mcp],
    links,
    proxy: { name: proxyProcessName, pid: proxy.pid, part: 'proxy', logPath: proxyLogPath },
    serverId: server.id,
    databaseId: parts.serverLink.to,
  })
}

async function planLink(link: LinkSpec, places: readonly DatabasePlace[], apiPort: number): Promise<RunningLink> {
  const target = places.find(({ node }) => node.id === link.to)
  if (target === undefined) throw notSupported(`the link ${link.id} leads to ${link.to}, which is no database`)
  return {
    id: link.id,
    from: link.from,
    to: link.to,
    host: loopback,
    port: await freePort(),
    upstream: `${loopback}:${target.port}`,
    proxyName: link.id,
    apiUrl: `http://${loopback}:${apiPort}`,
    processName: proxyProcessName,
  }
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
  const serverLink = links.find(({ from }) => from === server.id)
  if (serverLink === undefined) throw notSupported(`no link leads from ${server.id} to a database`)
  if (nodes.some(({ id }) => id === proxyProcessName)) throw notSupported(`no node can be called ${proxyProcessName}`)
  return { server, databases: nodes.filter(({ role }) => role === 'postgres'), links, serverLink }
}

function notSupported(message: string): StackError {
  return new StackError({ kind: 'not_supported', message, hint: 'squall validate tells what a plan can ask for' })
}

/** Last started first. */
function nodeNames({ server, databases }: Parts): string[] {
  return [server.id, proxyProcessName, ...databases.flatMap(({ id }) => [id, `copy-${id}`])]
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
