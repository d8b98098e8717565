import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type BridgeTold, bridgePath } from '../domain/bridge.ts'
import { AddedLatency } from './added-latency.ts'
import { lineBytesMax } from './limits.ts'
import { type ProcessPool, TooMany } from './pool.ts'
import { type Message, NoReply } from './stdio-process.ts'

const sessionHeader = 'mcp-session-id'
/** The bridge speaks the era of sessions; what knows no sessions (2026-07-28 and later) is told so by a 400. */
const newestVersion = '2025-11-25'

/** MCP over HTTP at /mcp, in front of stdio servers. Times each call's way through it. */
export function bridgeServer(pool: ProcessPool): Server {
  const added = new AddedLatency()
  return createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    handle(request, response, pool, added).catch((error: unknown) => {
      if (error instanceof TooMany) refuse(response, 503, error.message)
      else if (error instanceof NoReply) refuse(response, 502, error.message)
      else refuse(response, 500, String(error))
    })
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  pool: ProcessPool,
  added: AddedLatency,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0]
  if (path === bridgePath) return sayJson(response, 200, told(pool, added))
  if (path !== '/mcp') return refuse(response, 404, `nothing at ${path}: MCP is at /mcp`)
  const session = request.headers[sessionHeader]?.toString() ?? null
  if (request.method === 'DELETE') {
    const found = await pool.close(session)
    response.writeHead(found ? 200 : 404).end()
    return
  }
  if (request.method !== 'POST') return refuse(response, 405, 'MCP comes by POST')
  const version = request.headers['mcp-protocol-version']?.toString() ?? newestVersion
  if (version > newestVersion) return refuse(response, 400, `the bridge speaks MCP up to ${newestVersion}`)
  const body = await read(request)
  if (body === null) return refuse(response, 413, `a request has at most ${lineBytesMax} bytes`)
  const arrivedNs = process.hrtime.bigint()
  const message = parse(body)
  if (message === null) return refuse(response, 400, 'a request is one JSON-RPC message')
  await answer(message, session, arrivedNs, response, pool, added)
}

async function answer(
  { id, method, params }: Message,
  session: string | null,
  arrivedNs: bigint,
  response: ServerResponse,
  pool: ProcessPool,
  added: AddedLatency,
): Promise<void> {
  if (method === 'initialize') {
    const opening = await pool.open(params)
    if (opening.id !== null) response.setHeader('Mcp-Session-Id', opening.id)
    return sayJson(response, 200, { ...opening.opened, id })
  }
  const target = await pool.processOf(session)
  if (target === null) return refuse(response, session === null ? 400 : 404, 'no such session: initialize opens one')
  if (method === undefined || id === undefined) {
    // The bridge has confirmed its own initialize to the process.
    if (method !== undefined && method !== 'notifications/initialized') target.notify(method, params)
    response.writeHead(202).end()
    return
  }
  const reply = target.request(method, params)
  const sentNs = process.hrtime.bigint()
  const { message, atNs } = await reply
  sayJson(response, 200, { ...message, id })
  added.add(sentNs - arrivedNs + (process.hrtime.bigint() - atNs))
}

function told(pool: ProcessPool, added: AddedLatency): BridgeTold {
  const { user, system } = process.cpuUsage()
  return { added: added.told(), cpuUs: user + system, processes: pool.running, deaths: pool.deaths }
}

/** null: it is too long. */
async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > lineBytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(body: string): Message | null {
  try {
    const message: unknown = JSON.parse(body)
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? (message as Message) : null
  } catch {
    return null
  }
}

function sayJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(value))
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent || response.destroyed) return
  // What is left of a body that nobody reads must not be taken for the next request.
  response.writeHead(status, { 'Content-Type': 'text/plain', ...(status === 413 ? { Connection: 'close' } : {}) })
  response.end(why)
}
