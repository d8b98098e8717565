import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'

export interface Message {
  readonly id?: string
  readonly method: string
  readonly params?: { readonly name?: string; readonly cursor?: string; readonly arguments?: object }
}

/** What a test's server does with one message. */
export type Behaviour = (message: Message, response: ServerResponse, request: IncomingMessage) => void

export interface StrangeServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Methods in the order in which they came; a DELETE is one too. */
  readonly asked: string[]
  /** Connections that were ever opened. */
  readonly connections: () => number
  behave: Behaviour
}

/** A server on loopback that does whatever a test wants, right or wrong. */
export async function startStrangeServer(
  behave: Behaviour,
  tls: { readonly cert: string; readonly key: string } | null = null,
): Promise<StrangeServer> {
  let connections = 0
  const asked: string[] = []
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    void read(request).then((message) => {
      asked.push(message.method)
      started.behave(message, response, request)
    })
  }
  const server = tls === null ? createServer(take) : createSecureServer(tls, take)
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const started: StrangeServer = {
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${address.port}/mcp`,
    port: address.port,
    asked,
    connections: () => connections,
    behave,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return started
}

async function read(request: IncomingMessage): Promise<Message> {
  if (request.method !== 'POST') return { method: request.method ?? '' }
  let body = ''
  for await (const piece of request) body += String(piece)
  return JSON.parse(body)
}

export function sayJson(response: ServerResponse, status: number, message: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', ...message }))
}

/** The events, and then the end, unless the stream is to stay open. */
export function sayEvents(response: ServerResponse, messages: readonly object[], staysOpen = false): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  for (const message of messages)
    response.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`)
  if (!staysOpen) response.end()
}

export const someTools = ['a', 'b', 'c'].map((name) => ({ name, inputSchema: { type: 'object' } }))

/** A server of the stateless era, that lists one tool a page and gives back what it is given. */
export const modern: Behaviour = ({ id, method, params }, response, request) => {
  const result = (value: object) => sayJson(response, 200, { id, result: { resultType: 'complete', ...value } })
  if (request.headers['mcp-method'] !== method)
    sayJson(response, 400, { id, error: { code: -32020, message: 'mismatch' } })
  else if (method === 'tools/list') {
    const at = Number(params?.cursor ?? 0)
    const next = at + 1 < someTools.length ? { nextCursor: String(at + 1) } : {}
    result({ tools: someTools.slice(at, at + 1), ...next })
  } else if (method === 'tools/call') result({ content: [], structuredContent: params?.arguments ?? {} })
  else sayJson(response, 404, { id, error: { code: -32601, message: 'unknown' } })
}

/** A server with sessions, which a test may take away from `sessions`. */
export function legacy(sessions: Set<string>): Behaviour {
  return ({ id, method, params }, response, request) => {
    const session = request.headers['mcp-session-id']?.toString()
    if (method === 'initialize') {
      const fresh = `s${id}-${sessions.size}`
      sessions.add(fresh)
      response.setHeader('Mcp-Session-Id', fresh)
      sayJson(response, 200, { id, result: { protocolVersion: '2025-06-18', capabilities: {} } })
    } else if (session === undefined)
      sayJson(response, 400, { id: null, error: { code: -32600, message: 'no session' } })
    else if (!sessions.has(session)) response.writeHead(404).end('unknown session')
    else if (method === 'DELETE') response.writeHead(sessions.delete(session) ? 204 : 404).end()
    else if (id === undefined) response.writeHead(202).end()
    else if (method === 'tools/list') sayEvents(response, [{ method: 'ping' }, { id, result: { tools: someTools } }])
    else sayEvents(response, [{ id, result: { content: [], structuredContent: params?.arguments ?? {} } }])
  }
}

/** A server as legacy() whose tools are those. */
export function listing(tools: readonly object[]): Behaviour {
  const usual = legacy(new Set())
  return (message, response, request) =>
    message.method === 'tools/list' && request.headers['mcp-session-id'] !== undefined
      ? sayJson(response, 200, { id: message.id, result: { tools } })
      : usual(message, response, request)
}
