/**
 * The reference server's tools on pools of node-postgres, with DEFECT planted (defects.ts): what teams really run, and
 * really get wrong. Its healthy form has limits, listeners, retries, bulkheads and a breaker that closes again.
 */
import { createServer, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { asFailure, Failure } from '../../../reference-server/failure.ts'
import { Endpoint, type Reply } from '../../../reference-server/mcp/endpoint.ts'
import { Sessions } from '../../../reference-server/mcp/sessions.ts'
import { classify } from '../../../reference-server/pool/classify.ts'
import type { Connection, Row, Statement, Value } from '../../../reference-server/pool/connection.ts'
import { allTools } from '../../../reference-server/tools/catalogue.ts'
import { onboardingTools } from '../../../reference-server/tools/onboarding.ts'
import type { ToolResult } from '../../../reference-server/tools/run-tool.ts'
import type { Tool } from '../../../reference-server/tools/tool.ts'
import { inTransaction } from '../../../reference-server/tools/transaction.ts'
import { ArgumentChecks } from '../../../reference-server/tools/validate.ts'
import { type Defect, defects } from './defects.ts'

const defect = defects.find((name) => name === process.env.DEFECT) ?? 'none'
const is = (name: Defect): boolean => name === defect

const connectionsMax = 20
const onboardingConnections = 5
const connectMsMax = 2_000
const queryMsMax = 4_000
const tryCountMax = 3
const firstRetryMs = 100

function limits(): pg.PoolConfig {
  if (is('pool-defaults')) return {}
  if (is('keepalive-only')) return { keepAlive: true, keepAliveInitialDelayMillis: 1_000 }
  if (is('connect-limit-only')) return { connectionTimeoutMillis: connectMsMax }
  if (is('query-limit-only')) return { query_timeout: queryMsMax }
  return { keepAlive: true, connectionTimeoutMillis: connectMsMax, query_timeout: queryMsMax }
}

// As the tools want them: sums and counts as numbers, times as ISO 8601 in UTC.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.DATE, String)
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z'))

function newPool(max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    application_name: 'variant',
    max,
    ...limits(),
  })
  if (!is('no-error-handler')) pool.on('error', () => undefined)
  return pool
}

const shared = newPool(is('no-bulkhead') ? connectionsMax : connectionsMax - onboardingConnections)
const forOnboarding = is('no-bulkhead') ? shared : newPool(onboardingConnections)
const pools = [...new Set([shared, forOnboarding])]
const isOnboarding: ReadonlySet<Tool> = new Set(onboardingTools)

/** A connection of a pool, as the reference server's tools want it. */
class Borrowed implements Connection {
  readonly #client: pg.PoolClient
  broken = false

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  async query({ text }: Statement, values: readonly Value[]): Promise<readonly Row[]> {
    try {
      return (await this.#client.query<Row>(text, [...values])).rows
    } catch (error) {
      const isLate = error instanceof Error && error.message === 'Query read timeout'
      const { failure, breaksConnection } = classify(error)
      this.broken ||= isLate || breaksConnection
      throw isLate ? new Failure('query_timeout', `the query took over ${queryMsMax} ms`) : failure
    }
  }

  async ping(): Promise<void> {}
  onBreak(): void {}
  destroy(): void {
    this.broken = true
  }
  async close(): Promise<void> {}
}

async function onConnection<T>(pool: pg.Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new Failure('connect_timeout', `no connection: ${asFailure(error).message}`)
  })
  // One that breaks at work tells its query as well; without a listener it would end the process.
  const onError = (): void => undefined
  if (!is('no-error-handler')) client.on('error', onError)
  const connection = new Borrowed(client)
  try {
    return await work(connection)
  } finally {
    client.off('error', onError)
    client.release(connection.broken)
  }
}

/** One a pool. Opens after five failures of the database in a row; a second later one call may try whether it is back. */
const breakers = new Map(pools.map((pool) => [pool, { failures: 0, openedMs: 0 }]))
const failuresMax = 5
const openMs = 1_000
const ofDatabase: ReadonlySet<string> = new Set(['connect_timeout', 'query_timeout', 'database_unavailable'])
class BreakerOpen extends Failure {}

function poolOf(tool: Tool): pg.Pool {
  return isOnboarding.has(tool) ? forOnboarding : shared
}

function refuseWhenOpen(tool: Tool): void {
  const breaker = breakers.get(poolOf(tool))
  if (breaker === undefined || breaker.failures < failuresMax) return
  const isOver = performance.now() - breaker.openedMs > openMs
  if (is('breaker-stuck') || !isOver) throw new BreakerOpen('database_unavailable', 'the circuit breaker is open')
  breaker.openedMs = performance.now()
}

function noteEnd(tool: Tool, failure: Failure | null): void {
  const breaker = breakers.get(poolOf(tool))
  if (breaker === undefined || failure instanceof BreakerOpen || is('retry-storm')) return
  if (failure === null || !ofDatabase.has(failure.code)) breaker.failures = 0
  else if (++breaker.failures === failuresMax) breaker.openedMs = performance.now()
}

async function run(tool: Tool, args: Row): Promise<Row> {
  const pool = poolOf(tool)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await onConnection(pool, (connection) =>
        inTransaction(connection, tool.access, (transaction) => tool.run(transaction, args)),
      )
    } catch (error) {
      const isAgain = error instanceof Failure && error.code === 'deadlock' && attempt < tryCountMax
      if (!isAgain || is('no-deadlock-retry')) throw error
      await new Promise((resolve) => setTimeout(resolve, firstRetryMs * 2 ** (attempt - 1)))
    }
  }
}

// Three layers of three tries each make 27 of one call: with 120 calls/s that cannot wait any longer, more than the
// database serves, so that it never gets out again by itself. Bounded, so that the test's machine outlives it.
const stormSize = 27
const stormMax = 20_000
let storming = 0

/** Nobody waits for it any more: its user was told of the failure. */
async function tryOnAndOn(tool: Tool, args: Row): Promise<void> {
  if (storming >= stormMax) return
  storming += 1
  for (let isDone = false; !isDone; ) {
    isDone = await run(tool, args).then(
      () => true,
      (error: unknown) => !(error instanceof Failure && ofDatabase.has(error.code)),
    )
  }
  storming -= 1
}

const checks = new ArgumentChecks(allTools)

async function call(tool: Tool, given: unknown): Promise<ToolResult> {
  let args: Row = {}
  try {
    args = checks.apply(tool, given)
    refuseWhenOpen(tool)
    const answer = await run(tool, args)
    noteEnd(tool, null)
    return { ok: true, answer }
  } catch (error) {
    const failure = asFailure(error)
    noteEnd(tool, failure)
    if (is('retry-storm') && ofDatabase.has(failure.code))
      for (let copy = 0; copy < stormSize; copy += 1) void tryOnAndOn(tool, args)
    return { ok: false, failure }
  }
}

const endpoint = new Endpoint(new Sessions(), call)

async function mcp(request: IncomingMessage): Promise<Reply> {
  const reply = await endpoint.handle(request)
  return is('sessions-refused') && reply.status === 404 ? { ...reply, status: 400 } : reply
}

async function ready(): Promise<Reply> {
  if (is('lying-ready')) return { status: 200, body: '{"ready":true}' }
  const client = new pg.Client({
    connectionString: process.env.DATABASE_URL,
    application_name: 'variant-ready',
    connectionTimeoutMillis: 1_000,
    query_timeout: 1_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
    return { status: 200, body: '{"ready":true}' }
  } catch {
    return { status: 503, body: '{"ready":false}' }
  } finally {
    client.end().catch(() => undefined)
  }
}

function metrics(): Reply {
  const sum = (read: (pool: pg.Pool) => number): number => pools.reduce((total, pool) => total + read(pool), 0)
  const body = [
    `database_connections_active ${sum((pool) => pool.totalCount - pool.idleCount)}`,
    `database_connections_max ${pools.reduce((total, pool) => total + pool.options.max, 0)}`,
    `db_client_connection_pending_requests ${sum((pool) => pool.waitingCount)}`,
  ]
  return { status: 200, body: `${body.join('\n')}\n`, headers: { 'content-type': 'text/plain' } }
}

async function answer(request: IncomingMessage): Promise<Reply> {
  if (request.url === '/metrics') return metrics()
  return request.url === '/ready' ? ready() : mcp(request)
}

const server = createServer(async (request, response) => {
  // A caller that is gone before its question has come is no reason to die.
  const { status, body = '', headers = {} } = await answer(request).catch((): Reply => ({ status: 400 }))
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
})
process.on('SIGTERM', () => process.exit(0))
server.listen(Number(process.env.PORT), process.env.HOST)
