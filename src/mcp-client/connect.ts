import { isAllowedHost } from '../domain/allowed-hosts.ts'
import type { Era } from '../domain/era.ts'
import { readOpening } from '../mcp/answer.ts'
import { classify } from '../mcp/classify.ts'
import { type Dialect, legacyDialect, modernDialect } from '../mcp/dialect.ts'
import { readEra } from '../mcp/era.ts'
import { initializeBody, initializedBody, openingHeaders, sessionHeader } from '../mcp/protocol.ts'
import { retryAfterMs } from '../mcp/retry-after.ts'
import { withoutSecrets } from '../mcp/secrets.ts'
import { type McpAccess, openAccess } from './access.ts'
import { McpClient } from './client.ts'
import { McpClientError } from './client-error.ts'
import { redirectsMax } from './limits.ts'
import { Line, type Posted } from './post.ts'

export interface ConnectOptions extends Partial<McpAccess> {
  /** For each request, ms. */
  readonly limitMs: number
  /** Who one is; it begins the ids of all requests. */
  readonly name?: string
  /** Taken at its word: of the modern one nothing is asked before the first call. Absent: found out. */
  readonly era?: Era
}

/**
 * Finds a server's era and opens a session where it keeps one. Redirects of the address itself are followed to allowed
 * hosts, and to others never, nor to another origin with what proves who one is: `url` of the client is where they end.
 * @throws McpClientError
 */
export async function connect(url: string, options: ConnectOptions): Promise<McpClient> {
  const access: McpAccess = { ...openAccess, ...options }
  const { limitMs, name = 'squall', era } = options
  const client = { name, version: '1' }
  let line = new Line(url, access)
  for (let redirects = 0; ; redirects++) {
    const opening = { line, access, limitMs, client, id: `${name}-o${redirects}` }
    try {
      const opened = await open(opening, era)
      if ('dialect' in opened) {
        const reopen = (over: number) => initialize({ ...opening, limitMs: over })
        return new McpClient({ line, access, limitMs, name, dialect: opened.dialect, reopen })
      }
      if (redirects === redirectsMax)
        throw new McpClientError('redirect', `${url} leads on and on, at last to ${opened.location}`)
      const next = followed(line.url, opened.location, access)
      line.close()
      line = new Line(next, access)
    } catch (error) {
      line.close()
      throw error
    }
  }
}

interface Opening {
  readonly line: Line
  readonly access: McpAccess
  readonly limitMs: number
  readonly client: { readonly name: string; readonly version: string }
  readonly id: string
}

type Opened = { readonly dialect: Dialect } | { readonly location: string }

async function open(opening: Opening, era: Era | undefined): Promise<Opened> {
  if (era === 'legacy') return await initialize(opening)
  const { line, client, limitMs, access } = opening
  const id = `${opening.id}-e`
  const dialect = modernDialect(client)
  if (era === 'modern') return { dialect }
  const posted = await line.post({ body: dialect.listBody(id), headers: dialect.listHeaders, limitMs })
  const location = locationOf(posted)
  if (location !== null) return { location }
  const seen = readEra(posted.status, posted.body, id, access.headers)
  if (seen.kind === 'modern') return { dialect }
  if (seen.kind === 'refused') throw refusal(posted, withoutSecrets(seen.why, access.headers))
  return await initialize(opening)
}

/** @throws McpClientError */
async function initialize(opening: Opening): Promise<Opened> {
  const { line, client, limitMs, access, id } = opening
  const opened = await line.post({ body: initializeBody(id, client), headers: openingHeaders, limitMs })
  const location = locationOf(opened)
  if (location !== null) return { location }
  if (opened.status !== 200) {
    const { detail = '' } = classify(opened.status, opened.body, id, undefined, undefined, access.headers)
    throw refusal(opened, `initialize: ${detail}`)
  }
  const read = readOpening(opened.body, id)
  if (read.kind === 'refused')
    throw new McpClientError('protocol', withoutSecrets(`initialize: ${read.why}`, access.headers))
  const dialect = legacyDialect(read.version, opened.headers[sessionHeader.toLowerCase()] ?? null)
  await line.post({ body: initializedBody(), headers: dialect.listHeaders, limitMs })
  return { dialect }
}

function locationOf({ status, headers }: Posted): string | null {
  return [301, 302, 307, 308].includes(status) ? (headers.location ?? null) : null
}

/** Where a redirect leads, if one goes there. */
function followed(from: string, location: string, { allowHosts, headers }: McpAccess): string {
  const here = new URL(from)
  const there = URL.parse(location, from)
  const refuse = (why: string) => new McpClientError('redirect', `${from} leads to ${location}, ${why}`)
  if (there === null || !/^https?:$/.test(there.protocol)) throw refuse('which is no address of a server')
  if (!isAllowedHost(there.hostname, allowHosts)) throw refuse('which is neither this machine nor allowed')
  const isSafer = here.protocol === 'http:' && there.protocol === 'https:' && here.hostname === there.hostname
  if (here.origin !== there.origin && !isSafer && Object.keys(headers).length > 0)
    throw refuse('another server, which is not shown the headers of this one: give its own address')
  return there.href
}

function refusal({ status, headers }: Posted, why: string): McpClientError {
  if (status === 401 || status === 403) return new McpClientError('unauthorized', why)
  if (status !== 429) return new McpClientError('protocol', why)
  return new McpClientError('rate_limited', why, { retryAfterMs: retryAfterMs(headers['retry-after'], headers.date) })
}
