import { type Agent, request } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface ToolAnswer {
  readonly isError: boolean
  readonly structuredContent: { readonly [key: string]: unknown }
  readonly content: readonly { readonly type: string; readonly text: string }[]
}

const answerMsMax = 60_000

export function send(
  agent: Agent,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const outgoing = request(url, { agent, method, headers, timeout: answerMsMax }, (incoming) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text })
    })
    incoming.on('error', reject)
  })
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${answerMsMax} ms`)))
  outgoing.on('error', reject)
  outgoing.end(body)
  return promise
}

export const postHeaders = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

/** One user of the server: a session, and ids of its own. For tests and benchmarks; no retries, nothing forgiven. */
export class McpClient {
  readonly #agent: Agent
  readonly #url: string
  #headers: Readonly<Record<string, string>> = postHeaders
  #id = 0

  constructor(agent: Agent, url: string) {
    this.#agent = agent
    this.#url = url
  }

  /** Opens the session; returns its id. */
  async open(): Promise<string> {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
    const { status, headers } = await this.post({ jsonrpc: '2.0', id: 'open', method: 'initialize', params })
    const session = headers['mcp-session-id']
    if (status !== 200 || typeof session !== 'string') throw new Error(`initialize: ${status}, session ${session}`)
    this.#headers = { ...postHeaders, 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' }
    await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' })
    return session
  }

  post(message: unknown): Promise<HttpAnswer> {
    return send(this.#agent, this.#url, 'POST', this.#headers, JSON.stringify(message))
  }

  /** The result of a request; rejects when the answer is an error or not this request's. */
  async request<T>(method: string, params: unknown): Promise<T> {
    this.#id += 1
    const id = this.#id
    const { status, text } = await this.post({ jsonrpc: '2.0', id, method, params })
    const answer: { id?: unknown; result?: T } = JSON.parse(text)
    if (status !== 200 || answer.id !== id || answer.result === undefined) throw new Error(`${status}: ${text}`)
    return answer.result
  }

  call(name: string, args: unknown): Promise<ToolAnswer> {
    return this.request<ToolAnswer>('tools/call', { name, arguments: args })
  }
}

/** The value of a metric without labels in Prometheus text; undefined when it is not there. */
export function metricValue(text: string, name: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}
