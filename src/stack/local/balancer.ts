import { attemptMsMax, proxyReadyMsMax } from './limits.ts'
import type { StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { type Part, type StartContext, startUntil } from './starting.ts'

export const balancerProcessName = 'balancer'

export interface BalancerPlace {
  readonly port: number
  readonly apiPort: number
  /** Ports of the instances, in their order. */
  readonly instancePorts: readonly number[]
  /** What the check asks; null: whether they take a connection. */
  readonly readyPath: string | null
  readonly logPath: string
}

/** The one address of a server with several instances (engines/router/balance.go). */
export async function startBalancer(
  { port, apiPort, instancePorts, readyPath, logPath }: BalancerPlace,
  engines: StackEngines,
  context: StartContext,
): Promise<{ readonly pid: number }> {
  const part: Part = {
    kind: 'proxy_will_not_start',
    title: 'the balancer',
    hint: 'see its log; a port that was taken a moment ago may be free at the next start',
    readyMsMax: proxyReadyMsMax,
  }
  if (engines.router === null) throw new Error('a server with several instances needs the router')
  const at = (number: number): string => `${loopback}:${number}`
  const spec = {
    name: balancerProcessName,
    argv: [
      ...[engines.router.path, '-listen', at(port), '-api', at(apiPort), '-instances', instancePorts.map(at).join(',')],
      ...(readyPath === null ? [] : ['-ready', readyPath]),
    ],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    logPath,
    ports: [port, apiPort],
  }
  const { spawned } = await startUntil(part, spec, context, async () => {
    const response = await fetch(balancerUrl(apiPort), { signal: AbortSignal.timeout(attemptMsMax) })
    await response.body?.cancel()
    return response.ok ? true : null
  })
  return { pid: spawned.pid }
}

/** What the balancer tells of each instance, as JSON. */
export function balancerUrl(apiPort: number): string {
  return `http://${loopback}:${apiPort}/instances`
}
