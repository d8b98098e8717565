import { listOpenRuns } from '../../keeper/clear.ts'

/** A proxy that `squall proxy` keeps, or that somebody else does, before a database that Squall did not start. */
export interface KeptProxy {
  readonly name: string
  /** host:port */
  readonly listen: string
  /** host:port of the database. */
  readonly upstream: string
  readonly apiUrl: string
  /** Toxiproxy's name of it. */
  readonly proxyName: string
}

const prefix = 'proxy-'

/** What the keeper of a proxy is called; `squall down` ends it by this. */
export function proxyRunId(name: string): string {
  return `${prefix}${name}`
}

/** What its keeper notes of it, for `keptProxies`. */
export function urlsOfProxy({ listen, upstream, apiUrl, proxyName }: KeptProxy): Record<string, string> {
  return { listen, upstream, api: apiUrl, proxy: proxyName }
}

/** Those that run on this machine. */
export function keptProxies(stateDir: string): readonly KeptProxy[] {
  return listOpenRuns(stateDir)
    .filter(({ runId, state }) => state === 'kept' && runId.startsWith(prefix))
    .flatMap(({ runId, record }) => {
      const { listen, upstream, api: apiUrl, proxy: proxyName } = record?.urls ?? {}
      if (listen === undefined || upstream === undefined || apiUrl === undefined || proxyName === undefined) return []
      return [{ name: runId.slice(prefix.length), listen, upstream, apiUrl, proxyName }]
    })
}
