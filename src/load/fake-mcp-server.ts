import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** How the fake answers one tools/call: it may write to `response`, later or never. Default: it echoes. */
export type Answering = (
  call: { readonly id: string; readonly session: string | undefined },
  response: ServerResponse,
) => void

export interface FakeMcpServer extends AsyncDisposable {
  readonly url: string
  /** What happens to calls from now on. */
  answering: Answering
  /** Sessions that the server knows; a test that clears it makes the server forget. */
  readonly sessions: Set<string>
  /** What happens to `initialize`: a session, a 503, or no answer at all. */
  opening: 'grant' | 'refuse' | 'ignore'
  /** What happens to DELETE: it ends the session, or is not answered at all. */
  ending: 'obey' | 'ignore'
  /** From so many sessions on it refuses, as servers with a cap do. */
  sessionsMax: number
}

interface Message {
  readonly id?: string
  readonly method: string
  readonly params?: { readonly arguments?: unknown }
}

/** Starts an MCP server with sessions and one tool, whose answers a test decides. Loopback only. */
export async function startFakeMcpServer(): Promise<FakeMcpServer> {
  const sessions = new Set<string>()
  const server = createServer((request, response) => {
    if (request.method === 'DELETE') end(request, response)
    else void read(request).then((message) => handle(message, request, response))
  })
  const handle = (message: Message, request: IncomingMessage, response: ServerResponse) => {
    const session = request.headers['mcp-session-id']?.toString()
    if (message.id === undefined) response.writeHead(202).end()
    else if (message.method === 'initialize') open(message.id, response)
    else if (session === undefined || !sessions.has(session)) response.writeHead(404).end('no such session')
    else if (fake.answering !== echo) fake.answering({ id: message.id, session }, response)
    else sayResult(message.id, { structuredContent: message.params?.arguments ?? null }, response)
  }
  const end = (request: IncomingMessage, response: ServerResponse) => {
    if (fake.ending === 'ignore') return
    const isKnown = sessions.delete(request.headers['mcp-session-id']?.toString() ?? '')
    response.writeHead(isKnown ? 204 : 404).end()
  }
  const open = (id: string, response: ServerResponse) => {
    if (fake.opening === 'ignore') return
    if (fake.opening === 'refuse' || sessions.size >= fake.sessionsMax) {
      response.writeHead(503).end('not today')
      return
    }
    const session = `s${sessions.size}-${id}`
    sessions.add(session)
    response.setHeader('Mcp-Session-Id', session)
    sayResult(
      id,
      { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'fake', version: '1' } },
      response,
    )
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake has no port')
  const fake: FakeMcpServer = {
    url: `http://127.0.0.1:${address.port}/mcp`,
    answering: echo,
    sessions,
    opening: 'grant',
    ending: 'obey',
    sessionsMax: Number.POSITIVE_INFINITY,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}

const echo: Answering = () => undefined

export function sayResult(id: string, result: object, response: ServerResponse): void {
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [], ...result } }))
}

async function read(request: IncomingMessage): Promise<Message> {
  let body = ''
  for await (const piece of request) body += String(piece)
  return JSON.parse(body)
}
