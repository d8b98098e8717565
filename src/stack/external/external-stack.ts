import type { NodeSpec, StackPlan } from '../../domain/plan.ts'
import type { RunningLink, RunningNode, RunningStack } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'

/** What is known of the server's surroundings. */
export interface Beside {
  /** With the password, where one was given: for our own connections. null: nobody named one. */
  readonly databaseUrl: string | null
  /** Those with a proxy on them. */
  readonly links: readonly RunningLink[]
}

const onlyServer: Beside = { databaseUrl: null, links: [] }

/** What runs already, by its addresses. Nothing of it is started, watched as a process, or ended. */
export function externalStack({ nodes }: StackPlan, { databaseUrl, links }: Beside = onlyServer): RunningStack {
  const running = Object.values(nodes).flatMap((node) => asRunning(node) ?? [])
  const server = running.find(({ role }) => role === 'mcp')
  if (server === undefined) throw new TypeError('a plan with an external stack names the address of its server')
  return new ExternalStack(running, server, databaseUrl, links)
}

class ExternalStack implements RunningStack {
  readonly kind = 'external'
  readonly nodes: ReadonlyMap<string, RunningNode>
  readonly links: ReadonlyMap<string, RunningLink>
  readonly processes = new Map<string, never>()
  readonly mcpUrl: string
  readonly serverId: string
  readonly databaseUrl: string | null
  readonly balancerUrl = null
  readonly cluster = null
  readonly backups = new Map<string, never>()

  constructor(
    running: readonly RunningNode[],
    server: RunningNode,
    databaseUrl: string | null,
    links: readonly RunningLink[],
  ) {
    this.nodes = new Map(running.map((node) => [node.id, node]))
    this.links = new Map(links.map((link) => [link.id, link]))
    this.databaseUrl = databaseUrl
    this.mcpUrl = server.url
    this.serverId = server.id
  }

  linkUrl(linkId: string): string {
    const link = this.links.get(linkId)
    if (link === undefined || this.databaseUrl === null)
      throw new RangeError(`no link ${linkId}; there are ${[...this.links.keys()].join(', ') || 'none'}`)
    const url = new URL(this.databaseUrl)
    url.hostname = link.host
    url.port = String(link.port)
    return url.href
  }

  onExit(): () => void {
    return () => undefined
  }

  onStart(): () => void {
    return () => undefined
  }

  async start(nodeId: string): Promise<void> {
    throw new StackError({
      kind: 'not_supported',
      message: `${nodeId} cannot be started: Squall did not start it`,
      hint: 'with kind: local it does, by the command of the node',
    })
  }

  async stop(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

const portOf: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'postgres:': 5432, 'postgresql:': 5432 }

function asRunning({ id, role, url }: NodeSpec): RunningNode | null {
  if (url === null) return null
  const { hostname: host, port, protocol } = new URL(url)
  const from = { pid: null, applicationUrl: null, disk: null, logPath: null }
  return { id, role, host, port: Number(port) || (portOf[protocol] ?? 0), url, ...from }
}
