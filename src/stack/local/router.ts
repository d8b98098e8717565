import { attemptMsMax, proxyReadyMsMax } from './limits.ts'
import type { StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { type Part, type StartContext, startUntil } from './starting.ts'

export const routerProcessName = 'router'

export interface RouterPlace {
  readonly port: number
  readonly apiPort: number
  /** host:port where it leads at first. */
  readonly upstream: string
  readonly logPath: string
}

/** The address that the server's link leads to where its database may fail over (engines/router). */
export async function startRouter(
  { port, apiPort, upstream, logPath }: RouterPlace,
  engines: StackEngines,
  context: StartContext,
): Promise<{ readonly pid: number }> {
  const part: Part = {
    kind: 'proxy_will_not_start',
    title: 'the router',
    hint: 'see its log; a port that was taken a moment ago may be free at the next start',
    readyMsMax: proxyReadyMsMax,
  }
  if (engines.router === null) throw new Error('a stack in which a database follows another needs the router')
  const at = (number: number): string => `${loopback}:${number}`
  const spec = {
    name: routerProcessName,
    argv: [engines.router.path, '-listen', at(port), '-api', at(apiPort), '-upstream', upstream],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    logPath,
    ports: [port, apiPort],
  }
  const { spawned } = await startUntil(part, spec, context, async () => {
    await request(apiPort, 'GET')
    return true
  })
  return { pid: spawned.pid }
}

/** New connections lead there from now on; open ones stay. Rejects when the router does not say so within a second. */
export async function switchRoute(apiPort: number, upstream: string): Promise<void> {
  await request(apiPort, 'PUT', JSON.stringify({ upstream }))
}

async function request(apiPort: number, method: string, body?: string): Promise<void> {
  const url = `http://${loopback}:${apiPort}/route`
  const signal = AbortSignal.timeout(attemptMsMax)
  const response = await fetch(url, { method, signal, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text.trim()}`)
}
