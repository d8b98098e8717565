import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { StringDecoder } from 'node:string_decoder'
import { isAllowedHost } from '../domain/allowed-hosts.ts'
import { EventReader } from '../mcp/events.ts'
import { withoutSecrets } from '../mcp/secrets.ts'
import type { McpAccess } from './access.ts'
import { McpClientError } from './client-error.ts'
import { answerCharactersMax } from './limits.ts'

export interface Posted {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

export interface Post {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** For all of it, from the socket to the last byte. */
  readonly limitMs: number
  /** Whether an event of a stream is what one waits for: the rest is not read. */
  readonly isAnswer?: (data: string) => boolean
}

/** Sends to one URL over sockets of its own. Follows nothing, takes answers up to a bound, checks certificates. */
export class Line {
  readonly url: string
  readonly #access: McpAccess
  readonly #agent: HttpAgent

  /** @throws McpClientError `host` */
  constructor(url: string, access: McpAccess) {
    const { protocol, hostname } = new URL(url)
    if (!isAllowedHost(hostname, access.allowHosts))
      throw new McpClientError('host', `${hostname} is neither this machine nor allowed: name it by --allow-host`)
    const keep = { keepAlive: true }
    this.url = url
    this.#access = access
    this.#agent =
      protocol === 'https:'
        ? new HttpsAgent({ ...keep, ...(access.caPem === null ? {} : { ca: access.caPem }) })
        : new HttpAgent(keep)
  }

  /** @throws McpClientError `transport`, `timeout`, `too_large` */
  async post(post: Post): Promise<Posted> {
    return await this.#send('POST', post)
  }

  /** Says goodbye; what the server thinks of it does not matter. */
  async delete(headers: Post['headers'], limitMs: number): Promise<void> {
    await this.#send('DELETE', { body: '', headers, limitMs }).catch(() => undefined)
  }

  close(): void {
    this.#agent.destroy()
  }

  async #send(method: string, post: Post): Promise<Posted> {
    const signal = AbortSignal.timeout(post.limitMs)
    try {
      const response = await this.#open(method, post, signal)
      const body = await readBody(response, post.isAnswer)
      return { status: response.statusCode ?? 0, headers: headersOf(response), body }
    } catch (cause) {
      throw this.#told(cause, post.limitMs, signal)
    }
  }

  #open(method: string, { body, headers }: Post, signal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const request = this.url.startsWith('https:') ? requestHttps : requestHttp
    const length = { 'Content-Length': String(Buffer.byteLength(body)) }
    const options = { method, agent: this.#agent, signal, headers: { ...headers, ...this.#access.headers, ...length } }
    request(this.url, options).once('response', resolve).on('error', reject).end(body)
    return promise
  }

  #told(cause: unknown, limitMs: number, signal: AbortSignal): McpClientError {
    if (cause instanceof McpClientError) return cause
    if (signal.aborted)
      return new McpClientError(
        'timeout',
        `no answer within ${limitMs >= 1_000 ? `${limitMs / 1_000} s` : `${limitMs} ms`}`,
        { cause },
      )
    const code = (cause as { code?: unknown }).code
    const known = typeof code === 'string' ? { code } : {}
    const message = known.code ?? (cause instanceof Error ? cause.message : String(cause))
    return new McpClientError('transport', withoutSecrets(message, this.#access.headers), { ...known, cause })
  }
}

/** The body as text; of an event stream no more than is asked for. The socket of a body that is not read on is closed. */
async function readBody(response: IncomingMessage, isAnswer?: (data: string) => boolean): Promise<string> {
  const isStream = response.headers['content-type']?.includes('text/event-stream') === true
  const events = isStream && isAnswer !== undefined ? new EventReader() : null
  const decoder = new StringDecoder('utf8')
  let body = ''
  // Leaving the loop early destroys the response.
  for await (const chunk of response) {
    const piece = decoder.write(chunk as Buffer)
    body += piece
    if (body.length > answerCharactersMax)
      throw new McpClientError('too_large', `the answer is longer than ${answerCharactersMax} characters`)
    if (events?.push(piece).some((data) => isAnswer?.(data))) return body
  }
  return body + decoder.end()
}

function headersOf({ headers }: IncomingMessage): Posted['headers'] {
  const told = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  return Object.fromEntries(told)
}
