/**
 * A server whose truth is known: what it does is told by TRUTH (behaviour.ts), and each call it served is a line of the
 * file TRUTH_LOG, by its own clock. MCP at /mcp without sessions, /ready, and /metrics of its pools.
 */
import { openSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import pg from 'pg'
import { type Asked, answerTo } from './answers.ts'
import { isWithin, type Says, type ServedCall, type ServerTruth, type ToolTruth } from './behaviour.ts'
import { Connections, Waits } from './connections.ts'

const truth = JSON.parse(process.env.TRUTH ?? '{"tools":{}}') as ServerTruth
const log = openSync(process.env.TRUTH_LOG ?? '/dev/null', 'a')
const pools = new Map(Object.entries(truth.pools ?? {}).map(([name, size]) => [name, new Connections(size)]))
const waits = new Waits()

interface Served {
  count: number
  leaked: number
  before: Asked
}
const served = new Map<string, Served>()
let firstUs = Number.NaN

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Timers keep whole milliseconds and may be early by one: what was promised is waited for in full. */
async function sleepUntil(endUs: number): Promise<void> {
  for (let leftMs = (endUs - nowUs()) / 1_000; leftMs > 0; leftMs = (endUs - nowUs()) / 1_000) await sleep(leftMs)
}

function saysOf({ wrong }: ToolTruth, count: number, atMs: number): Says {
  if (wrong === undefined || (wrong.during !== undefined && !isWithin(wrong.during, atMs))) return 'right'
  return count % wrong.every === 0 ? wrong.says : 'right'
}

function delayOf({ delayMs = 0, slow, driftMsPerS = 0 }: ToolTruth, count: number, atMs: number): number {
  const own = slow !== undefined && count % slow.every === 0 ? slow.delayMs : delayMs
  return own + (driftMsPerS * atMs) / 1_000
}

/** Gives how long it waited for its connection, µs. */
async function work(tool: ToolTruth, record: Served, delayMs: number): Promise<number> {
  const fromUs = nowUs()
  const pool = pools.get(tool.pool ?? '')
  if (pool === undefined) {
    await sleepUntil(fromUs + delayMs * 1_000)
    return 0
  }
  await pool.acquire()
  const heldFromUs = nowUs()
  waits.note((heldFromUs - fromUs) / 1e6)
  await sleepUntil(heldFromUs + delayMs * 1_000)
  if (record.leaked < (tool.leaks ?? 0)) record.leaked += 1
  else pool.release()
  return heldFromUs - fromUs
}

async function call(name: string, asked: Asked, response: ServerResponse): Promise<void> {
  const receivedUs = nowUs()
  if (Number.isNaN(firstUs)) firstUs = receivedUs
  const atMs = (receivedUs - firstUs) / 1_000
  const tool = truth.tools[name] ?? {}
  const record = served.get(name) ?? { count: 0, leaked: 0, before: asked }
  served.set(name, record)
  record.count += 1
  const { count, before } = record
  record.before = asked
  if (truth.silentFromMs !== undefined && atMs >= truth.silentFromMs) return
  const says = saysOf(tool, count, atMs)
  const waitedUs =
    says === 'refuses' || says === 'unavailable' ? 0 : await work(tool, record, delayOf(tool, count, atMs))
  const { stall } = truth
  if (stall !== undefined && isWithin(stall, atMs)) await sleepUntil(firstUs + (stall.fromMs + stall.forMs) * 1_000)
  const { status, body } = answerTo(asked, before, says)
  const line: ServedCall = { tool: name, receivedUs, answeredUs: nowUs(), waitedUs, says }
  writeSync(log, `${JSON.stringify(line)}\n`)
  response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'text/plain' }).end(body)
}

interface Message {
  readonly id?: unknown
  readonly method?: string
  readonly params?: { readonly name?: string; readonly arguments?: Record<string, unknown> }
}

const opening = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'truth', version: '1' },
}

const listing = Object.entries(truth.tools).map(([name, { readOnly }]) => ({
  name,
  inputSchema: { type: 'object' },
  ...(readOnly === undefined ? {} : { annotations: { readOnlyHint: readOnly } }),
}))

async function mcp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const piece of request) text += String(piece)
  const { id, method, params } = JSON.parse(text) as Message
  if (id === undefined) response.writeHead(202).end()
  else if (method === 'tools/call') await call(params?.name ?? '', { id, args: params?.arguments ?? {} }, response)
  else {
    const result = method === 'initialize' ? opening : method === 'tools/list' ? { tools: listing } : {}
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  }
}

function metrics(): string {
  const sum = (read: (pool: Connections) => number) =>
    [...pools.values()].reduce((total, pool) => total + read(pool), 0)
  return [
    `database_connections_active ${sum(({ used }) => used)}`,
    `database_connections_max ${sum(({ size }) => size)}`,
    `db_client_connection_pending_requests ${sum(({ pending }) => pending)}`,
    ...waits.lines('db_client_connection_wait_time_seconds'),
    '',
  ].join('\n')
}

const server = createServer((request, response) => {
  if (request.url === '/ready') response.writeHead(200).end()
  else if (request.url === '/metrics') response.writeHead(200, { 'content-type': 'text/plain' }).end(metrics())
  else mcp(request, response).catch(() => response.destroy())
})
const held = Array.from(
  { length: truth.holdsConnections ?? 0 },
  () => new pg.Client({ connectionString: process.env.DATABASE_URL }),
)
await Promise.all(held.map((client) => client.connect()))
server.keepAliveTimeout = 120_000
process.on('SIGTERM', () => process.exit(0))
server.listen(Number(process.env.PORT), process.env.HOST)
