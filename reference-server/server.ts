import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { uptimeMs, wait } from './clock.ts'
import { asFailure } from './failure.ts'
import type { Log } from './log.ts'
import { Endpoint, type Reply } from './mcp/endpoint.ts'
import { Sessions } from './mcp/sessions.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { connector } from './pool/pg-connection.ts'
import { Pool } from './pool/pool.ts'
import { ReadinessCheck } from './readiness.ts'
import type { Settings } from './settings.ts'
import { allTools } from './tools/catalogue.ts'
import { ToolCalls } from './tools/tool-calls.ts'
import { ArgumentChecks } from './tools/validate.ts'

// Users think for seconds between calls; Node's 5 s would close their connection just as they write.
const keepAliveMs = 120_000
// All users of a test dial within a second or two; Node's 511 would drop some.
const backlog = 4_096
const stopMsMax = 5_000
const stopPollMs = 20

export interface RunningServer {
  /** The MCP endpoint's address. */
  readonly url: string
  /** No new connections; open calls have 5 s; then pool and sockets are closed. */
  stop(): Promise<void>
}

type Route = (request: IncomingMessage) => Promise<Reply> | Reply

/** Listens, whether the database is there or not. Rejects when the address cannot be had. */
export async function startServer(settings: Settings, log: Log): Promise<RunningServer> {
  const metrics = createMetrics(settings.pool)
  const pool = new Pool(
    settings.pool,
    metrics,
    connector({ ...settings, applicationName: 'customer-success' }, metrics),
  )
  const sessions = new Sessions()
  metrics.observe(pool, () => sessions.count)
  const calls = new ToolCalls(pool, new ArgumentChecks(allTools), metrics, log, settings.toolTimeoutMs)
  const endpoint = new Endpoint(sessions, (tool, args) => calls.call(tool, args))
  const routes: Readonly<Record<string, Route>> = {
    '/mcp': (request) => endpoint.handle(request),
    '/health': () => ({ status: 200, body: JSON.stringify({ alive: true, uptimeMs: Math.round(uptimeMs()) }) }),
    '/ready': readyRoute(settings, () => pool.fill(new AbortController().signal)),
    ...metricsRoutes(metrics),
  }
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    void respond(routes, request, response, log)
  })
  const url = await listen(server, settings)
  const stop = async (): Promise<void> => {
    server.close()
    server.closeIdleConnections()
    const untilMs = uptimeMs() + stopMsMax
    while (calls.open > 0 && uptimeMs() < untilMs) await wait(stopPollMs)
    await pool.close()
    sessions.close()
    server.closeAllConnections()
  }
  return { url, stop }
}

/** Its connections have a name of their own, so that they are not taken for the pool's. */
function readyRoute(settings: Settings, onFirstReady: () => Promise<void>): Route {
  const unwatched = { roundTrip: () => {}, queried: () => {} }
  const check = new ReadinessCheck(connector({ ...settings, applicationName: 'customer-success-ready' }, unwatched))
  let wasReady = false
  return async () => {
    const readiness = await check.check()
    if (readiness.ready && !wasReady) {
      wasReady = true
      void onFirstReady()
    }
    return { status: readiness.ready ? 200 : 503, body: JSON.stringify(readiness) }
  }
}

function metricsRoutes(metrics: Metrics): Record<string, Route> {
  const route = (text: () => Promise<string>): Route => {
    return async () => ({ status: 200, body: await text(), headers: { 'content-type': metrics.contentType } })
  }
  return { '/metrics': route(metrics.allText), '/metrics/pool': route(metrics.poolText) }
}

async function respond(
  routes: Readonly<Record<string, Route>>,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?')
  const route = routes[path]
  let reply: Reply
  try {
    reply = route === undefined ? { status: 404, body: '{"error":"no such path"}' } : await route(request)
  } catch (error) {
    // A body that ended half-way, or a defect of ours; the process lives on either way.
    log.error('request failed', { path, why: asFailure(error).message })
    reply = { status: 500, body: '{"error":"internal error"}' }
  }
  if (response.destroyed) return
  const { status, body = '', headers = {} } = reply
  const type = body === '' ? {} : { 'content-type': 'application/json' }
  response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

async function listen(server: Server, { host, port }: Settings): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port, backlog }, resolve)
  await promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  const shown = host.includes(':') ? `[${host}]` : host
  return `http://${shown}:${address.port}/mcp`
}
