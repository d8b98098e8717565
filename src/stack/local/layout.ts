import { join } from 'node:path'
import { isService, type LinkSpec, type NodeSpec, type StackPlan, usersEnd } from '../../domain/plan.ts'
import type { RunningLink } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { archiveDirIn, backupsDirOf } from './backup/archive.ts'
import { copyNameOf, type DatabasePlace, type Followed } from './database.ts'
import { databaseGraceMs, proxyGraceMs, serverGraceMs } from './limits.ts'
import { freePort, loopback, portFor } from './ports.ts'
import { proxyProcessName } from './proxy.ts'
import { type RouterPlace, routerProcessName } from './router.ts'
import type { ServicePlace } from './service.ts'

/** What a stack consists of, by its plan. */
export interface Parts {
  readonly server: NodeSpec
  readonly primary: NodeSpec
  readonly replicas: readonly NodeSpec[]
  /** What the server uses beside its database. */
  readonly services: readonly NodeSpec[]
  readonly links: readonly LinkSpec[]
  /** The one between the server and its database. */
  readonly serverLink: LinkSpec
}

/** Where all of it will be: decided before anything of it runs. */
export interface Layout {
  readonly serverPort: number
  readonly primary: DatabasePlace
  readonly replicas: readonly DatabasePlace[]
  readonly services: readonly ServicePlace[]
  readonly links: readonly RunningLink[]
  /** Where the server finds its database. */
  readonly serverLink: RunningLink
  /** null: users come straight to the server. */
  readonly usersLink: RunningLink | null
  /** By the replica's id: through the proxy of their link, where there is one. */
  readonly followed: ReadonlyMap<string, Followed>
  readonly proxyApiPort: number
  /** null: no database fails over to another. */
  readonly router: RouterPlace | null
}

const reservedNames: readonly string[] = [proxyProcessName, routerProcessName, usersEnd]

/** Plans are checked for this before; whoever builds one in another way is told here, by a StackError. */
export function partsOf(stack: StackPlan): Parts {
  const nodes = Object.values(stack.nodes)
  const links = Object.values(stack.links)
  const servers = nodes.filter(({ role }) => role === 'mcp')
  const [server] = servers
  if (server === undefined || servers.length > 1 || server.instances !== 1) {
    throw notSupported(`a local stack has one server of one instance, not ${servers.map(({ id }) => id).join(', ')}`)
  }
  const databases = nodes.filter(({ role }) => role === 'postgres')
  const serverLink = links.find(({ from, to }) => from === server.id && stack.nodes[to]?.role === 'postgres')
  const primary = databases.find(({ id }) => id === serverLink?.to)
  if (serverLink === undefined || primary === undefined)
    throw notSupported(`no link leads from ${server.id} to a database`)
  if (nodes.some(({ id }) => reservedNames.includes(id)))
    throw notSupported(`no node can be called ${reservedNames.join(' or ')}`)
  const replicas = databases.filter((node) => node !== primary)
  if (replicas.some(({ follows }) => follows !== primary.id))
    throw notSupported(`every other database follows ${primary.id}, which the server uses`)
  return { server, primary, replicas, services: nodes.filter(isService), links, serverLink }
}

function notSupported(message: string): StackError {
  return new StackError({ kind: 'not_supported', message, hint: 'squall validate tells what a plan can ask for' })
}

/** How a process of the stack is asked to go, and when it is killed. */
export interface Leave {
  readonly name: string
  readonly signal: 'SIGTERM' | 'SIGQUIT'
  readonly graceMs: number
}

/** Of all processes that a stack may have, last started first. */
export function leavesOf({ server, services, primary, replicas }: Parts): Leave[] {
  const inOrder = (graceMs: number) => (name: string) => ({ name, signal: 'SIGTERM', graceMs }) as const
  const databases = [primary, ...replicas].flatMap(({ id }) => [id, copyNameOf(id)])
  return [
    ...[server, ...services].map(({ id }) => id).map(inOrder(serverGraceMs)),
    ...[proxyProcessName, routerProcessName].map(inOrder(proxyGraceMs)),
    // Immediate shutdown: its data goes the next moment, and a checkpoint would only take time.
    ...databases.map((name) => ({ name, signal: 'SIGQUIT', graceMs: databaseGraceMs }) as const),
  ]
}

/** Reserves the ports. Rejects with a StackError `port_taken`. */
export async function layOut(parts: Parts, dataRoot: string, logsDir: string): Promise<Layout> {
  const { server, serverLink } = parts
  const isReplicated = parts.replicas.length > 0
  const placeOf = async (node: NodeSpec): Promise<DatabasePlace> => ({
    node,
    port: await portFor(node),
    dataDir: join(dataRoot, node.id),
    logPath: join(logsDir, `${node.id}.log`),
    isReplicated,
    archiveDir: parts.primary.backups?.archive ? archiveDirIn(backupsDirOf(join(dataRoot, parts.primary.id))) : null,
  })
  const serverPort = await portFor(server)
  const primary = await placeOf(parts.primary)
  const replicas: DatabasePlace[] = []
  for (const node of parts.replicas) replicas.push(await placeOf(node))
  const services: ServicePlace[] = []
  for (const node of parts.services)
    services.push({ node, port: await portFor(node), logPath: join(logsDir, `${node.id}.log`) })
  const proxyApiPort = await freePort()
  const router = isReplicated ? await placeRouter(primary.port, logsDir) : null

  /** Of two databases, the follower dials the one that it follows. */
  const upstreamPortOf = (link: LinkSpec): number => {
    if (link.from === usersEnd) return serverPort
    const service = services.find(({ node }) => node.id === link.to)
    if (service !== undefined) return service.port
    return link === serverLink && router !== null ? router.port : primary.port
  }
  const runningOf = async (link: LinkSpec): Promise<RunningLink> => ({
    ...link,
    host: loopback,
    port: await freePort(),
    upstream: `${loopback}:${upstreamPortOf(link)}`,
    protocol: protocolOf(link, parts.services),
    proxyName: link.id,
    apiUrl: `http://${loopback}:${proxyApiPort}`,
    processName: proxyProcessName,
  })
  const toDatabase = await runningOf(serverLink)
  const others: RunningLink[] = []
  for (const link of parts.links) if (link !== serverLink) others.push(await runningOf(link))
  const followedBy = (id: string): Followed => {
    const link = others.find(({ from, to }) => from === primary.node.id && to === id)
    return { host: loopback, port: link?.port ?? primary.port }
  }
  return {
    serverPort,
    primary,
    replicas,
    services,
    links: [toDatabase, ...others],
    serverLink: toDatabase,
    usersLink: others.find(({ from }) => from === usersEnd) ?? null,
    followed: new Map(replicas.map(({ node }) => [node.id, followedBy(node.id)])),
    proxyApiPort,
    router,
  }
}

function protocolOf(link: LinkSpec, services: readonly NodeSpec[]): RunningLink['protocol'] {
  const role = services.find(({ id }) => id === link.to)?.role
  if (role === 'http' || link.from === usersEnd) return 'http'
  return role === 'redis' ? 'redis' : 'postgres'
}

async function placeRouter(primaryPort: number, logsDir: string): Promise<RouterPlace> {
  const logPath = join(logsDir, `${routerProcessName}.log`)
  return { port: await freePort(), apiPort: await freePort(), upstream: `${loopback}:${primaryPort}`, logPath }
}
