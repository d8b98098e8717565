import type { Plan } from '../domain/plan.ts'
import type { RunningStack } from '../stack/running-stack.ts'

/** Where the load goes. */
export interface LoadTarget {
  /** For the generator alone: it may hold a password. */
  readonly url: string
  /** For records and people. */
  readonly shown: string
}

/** To the server's endpoint as it was found, to its origin, or to the database, as the workload's protocol wants. */
export function loadTarget({ load }: Plan, stack: RunningStack, prepares: boolean, mcpUrl: string): LoadTarget {
  if (load.protocol === undefined) return { url: mcpUrl, shown: mcpUrl }
  if (load.protocol === 'http') {
    const { origin } = new URL(mcpUrl)
    return { url: origin, shown: origin }
  }
  const url = databaseOf(load.database ?? { kind: 'straight' }, stack)
  url.searchParams.set('application_name', 'load')
  // Unnamed statements, in one round trip: those with a name are lost where a pooler hands the next one to another.
  if (!prepares) url.searchParams.set('default_query_exec_mode', 'exec')
  return { url: url.href, shown: withoutLogin(url) }
}

function databaseOf(place: NonNullable<Plan['load']['database']>, stack: RunningStack): URL {
  if (place.kind === 'url') {
    const url = new URL(place.url)
    if (place.passwordEnv !== null) url.password = encodeURIComponent(process.env[place.passwordEnv] ?? '')
    return url
  }
  const link = place.kind === 'link' ? linkOf(place.link, stack) : null
  const nodes = [...stack.nodes.values()].filter(({ applicationUrl }) => applicationUrl !== null)
  const node = nodes.find(({ id }) => id === (link?.to ?? stack.cluster?.primary)) ?? nodes[0]
  if (node?.applicationUrl === null || node === undefined) throw new RangeError('the stack has no database')
  const url = new URL(node.applicationUrl)
  // pgx would ask for TLS first, and where it is refused log in on a second connection: none of ours has it.
  url.searchParams.set('sslmode', 'disable')
  if (link !== null) {
    url.hostname = link.host
    url.port = String(link.port)
  }
  return url
}

/** Of a link from several instances, the first one's. */
function linkOf(id: string, { links }: RunningStack) {
  const link = links.get(id) ?? links.get(`${id}-1`)
  if (link === undefined) throw new RangeError(`no link ${id}; there are: ${[...links.keys()].join(', ')}`)
  return link
}

function withoutLogin(url: URL): string {
  return `postgres://${url.host}${url.pathname}`
}
