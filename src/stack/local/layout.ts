import { join } from 'node:path'
import { runningIdsOf } from '../../domain/instances.ts'
import { isService, type LinkSpec, type NodeSpec, type StackPlan, usersEnd } from '../../domain/plan.ts'
import type { RunningLink } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { archiveDirIn, backupsDirOf } from './backup/archive.ts'
import { type BalancerPlace, balancerProcessName } from './balancer.ts'
import { copyNameOf, type DatabasePlace, type Followed } from './database.ts'
import { databaseGraceMs, proxyGraceMs, serverGraceMs } from './limits.ts'
import { freePort, loopback, portFor } from './ports.ts'
import { proxyProcessName } from './proxy.ts'
import { type RouterPlace, routerProcessName } from './router.ts'
import type { ServicePlace } from './service.ts'

/** What a stack consists of, by its plan. */
export interface Parts {
  readonly server: NodeSpec
  /** What runs of it: itself, or each of its instances under an id of its own. */
  readonly instances: readonly NodeSpec[]
  readonly primary: NodeSpec
  readonly replicas: readonly NodeSpec[]
  /** What the server uses beside its database. */
  readonly services: readonly NodeSpec[]
  readonly links: readonly LinkSpec[]
  /** The one between the server and its database. */
  readonly serverLink: LinkSpec
}

/** Where one instance of the server will be, and what it goes through. */
export interface InstancePlace {
  readonly node: NodeSpec
  readonly port: number
  readonly logPath: string
  /** Where it finds its database. */
  readonly toDatabase: RunningLink
  /** All that lead from it. */
  readonly links: readonly RunningLink[]
}

/** Where all of it will be: decided before anything of it runs. */
export interface Layout {
  readonly instances: readonly InstancePlace[]
  /** null: there is one instance. */
  readonly balancer: BalancerPlace | null
  readonly primary: DatabasePlace
  readonly replicas: readonly DatabasePlace[]
  readonly services: readonly ServicePlace[]
  readonly links: readonly RunningLink[]
  /** null: users come straight to the server. */
  readonly usersLink: RunningLink | null
  /** By the replica's id: through the proxy of their link, where there is one. */
  readonly followed: ReadonlyMap<string, Followed>
  readonly proxyApiPort: number
  /** null: no database fails over to another. */
  readonly router: RouterPlace | null
}

const reservedNames: readonly string[] = [proxyProcessName, routerProcessName, balancerProcessName, usersEnd]

/** Plans are checked for this before; whoever builds one in another way is told here, by a StackError. */
export function partsOf(stack: StackPlan): Parts {
  const nodes = Object.values(stack.nodes)
  const links = Object.values(stack.links)
  const servers = nodes.filter(({ role }) => role === 'mcp')
  const [server] = servers
  if (server === undefined || servers.length > 1)
    throw notSupported(`a local stack has one server, not ${servers.map(({ id }) => id).join(', ')}`)
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
  // The plan's port is the one that users come to.
  const instances =
    server.instances === 1 ? [server] : runningIdsOf(stack, server.id).map((id) => ({ ...server, id, port: null }))
  return { server, instances, primary, replicas, services: nodes.filter(isService), links, serverLink }
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
export function leavesOf({ instances, services, primary, replicas }: Parts): Leave[] {
  const inOrder = (graceMs: number) => (name: string) => ({ name, signal: 'SIGTERM', graceMs }) as const
  const databases = [primary, ...replicas].flatMap(({ id }) => [id, copyNameOf(id)])
  return [
    ...[...instances, ...services].map(({ id }) => id).map(inOrder(serverGraceMs)),
    ...[balancerProcessName, proxyProcessName, routerProcessName].map(inOrder(proxyGraceMs)),
    // Immediate shutdown: its data goes the next moment, and a checkpoint would only take time.
    ...databases.map((name) => ({ name, signal: 'SIGQUIT', graceMs: databaseGraceMs }) as const),
  ]
}

/** Reserves the ports. Rejects with a StackError `port_taken`. */
export async function layOut(parts: Parts, dataRoot: string, logsDir: string): Promise<Layout> {
  const { serverLink } = parts
  const isReplicated = parts.replicas.length > 0
  const logPathOf = (id: string): string => join(logsDir, `${id}.log`)
  const placeOf = async (node: NodeSpec): Promise<DatabasePlace> => ({
    node,
    port: await portFor(node),
    dataDir: join(dataRoot, node.id),
    logPath: logPathOf(node.id),
    isReplicated,
    archiveDir: parts.primary.backups?.archive ? archiveDirIn(backupsDirOf(join(dataRoot, parts.primary.id))) : null,
  })
  const servers: Omit<InstancePlace, 'toDatabase' | 'links'>[] = []
  for (const node of parts.instances) servers.push({ node, port: await portFor(node), logPath: logPathOf(node.id) })
  const balancer = servers.length === 1 ? null : await placeBalancer(parts.server, servers, logPathOf)
  const primary = await placeOf(parts.primary)
  const replicas: DatabasePlace[] = []
  for (const node of parts.replicas) replicas.push(await placeOf(node))
  const services: ServicePlace[] = []
  for (const node of parts.services) services.push({ node, port: await portFor(node), logPath: logPathOf(node.id) })
  const proxyApiPort = await freePort()
  const router = isReplicated ? await placeRouter(primary.port, logPathOf) : null

  /** Of two databases, the follower dials the one that it follows. */
  const upstreamPortOf = (link: LinkSpec): number => {
    if (link.from === usersEnd) return balancer?.port ?? servers[0]?.port ?? 0
    const service = services.find(({ node }) => node.id === link.to)
    if (service !== undefined) return service.port
    return link === serverLink && router !== null ? router.port : primary.port
  }
  /** Of several instances each has one of its own. */
  const runningOf = async (link: LinkSpec): Promise<RunningLink[]> => {
    const several = link.from === parts.server.id && servers.length > 1 ? servers : null
    const running: RunningLink[] = []
    for (const [index, from] of (several?.map(({ node }) => node.id) ?? [link.from]).entries()) {
      const id = several === null ? link.id : `${link.id}-${index + 1}`
      running.push({
        id,
        from,
        to: link.to,
        host: loopback,
        port: await freePort(),
        upstream: `${loopback}:${upstreamPortOf(link)}`,
        protocol: protocolOf(link, parts.services),
        proxyName: id,
        apiUrl: `http://${loopback}:${proxyApiPort}`,
        processName: proxyProcessName,
      })
    }
    return running
  }
  const toDatabase = await runningOf(serverLink)
  const others: RunningLink[] = []
  for (const link of parts.links) if (link !== serverLink) others.push(...(await runningOf(link)))
  const links = [...toDatabase, ...others]
  const followedBy = (id: string): Followed => {
    const link = others.find(({ from, to }) => from === primary.node.id && to === id)
    return { host: loopback, port: link?.port ?? primary.port }
  }
  return {
    instances: servers.flatMap((server, index) => {
      const own = toDatabase[index]
      const from = links.filter((link) => link.from === server.node.id)
      return own === undefined ? [] : [{ ...server, toDatabase: own, links: from }]
    }),
    balancer,
    primary,
    replicas,
    services,
    links,
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

type LogPathOf = (process: string) => string

async function placeRouter(primaryPort: number, logPathOf: LogPathOf): Promise<RouterPlace> {
  const logPath = logPathOf(routerProcessName)
  return { port: await freePort(), apiPort: await freePort(), upstream: `${loopback}:${primaryPort}`, logPath }
}

/** At the port that the plan fixes for the server, if it does: its users come there. */
async function placeBalancer(
  server: NodeSpec,
  instances: readonly { readonly port: number }[],
  logPathOf: LogPathOf,
): Promise<BalancerPlace> {
  return {
    port: await portFor(server),
    apiPort: await freePort(),
    instancePorts: instances.map(({ port }) => port),
    readyPath: server.readyPath,
    logPath: logPathOf(balancerProcessName),
  }
}
