import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { connectToxiproxy } from '../toxiproxy.ts'
import { proxyReadyMsMax } from './limits.ts'
import type { StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { type Part, type StartContext, startUntil } from './starting.ts'

export const proxyProcessName = 'toxiproxy'

interface ProxyPlan {
  readonly name: string
  readonly listen: string
  readonly upstream: string
}

export interface ProxyPlace {
  readonly apiPort: number
  readonly logPath: string
  /** Where the file with the proxies lies; goes with the run. */
  readonly stateFolder: string
  readonly proxies: readonly ProxyPlan[]
}

/**
 * Starts Toxiproxy with its proxies in a file, so that one that must be replaced comes back with them. Resolves to its
 * pid and its API's URL when every proxy listens. Rejects with a StackError.
 */
export async function startProxies(
  place: ProxyPlace,
  engines: Pick<StackEngines, 'toxiproxy'>,
  context: StartContext,
): Promise<{ readonly pid: number; readonly apiUrl: string }> {
  const { apiPort, logPath, stateFolder, proxies } = place
  const configPath = join(stateFolder, 'toxiproxy.json')
  await writeFile(configPath, JSON.stringify(proxies.map((one) => ({ ...one, enabled: true }))))
  const apiUrl = `http://${loopback}:${apiPort}`
  const part: Part = {
    kind: 'proxy_will_not_start',
    title: 'Toxiproxy',
    hint: 'see its log; a port that was taken a moment ago may be free at the next start',
    readyMsMax: proxyReadyMsMax,
  }
  const spec = {
    name: proxyProcessName,
    argv: [engines.toxiproxy.path, '-host', loopback, '-port', String(apiPort), '-config', configPath],
    cwd: '/',
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      // At `info` it tells of each connection: hundreds of lines a second while a link is down.
      LOG_LEVEL: 'warn',
      // Half of the machine's: with both of two, at 250 calls/s, its threads waking one another took a fifth more.
      GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
    },
    logPath,
    ports: [apiPort, ...proxies.map(({ listen }) => Number(listen.split(':').at(-1)))],
    replaceable: { readyUrl: `${apiUrl}/version` },
  }
  const control = connectToxiproxy(apiUrl, context.clock)
  const { spawned } = await startUntil(part, spec, context, async () => {
    const states = await Promise.all(proxies.map(({ name }) => control.proxy(name)))
    return states.every(({ enabled }) => enabled) ? true : null
  })
  return { pid: spawned.pid, apiUrl }
}
