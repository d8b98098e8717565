import type { Clock } from '../../domain/clock.ts'
import type { LinkSpec } from '../../domain/plan.ts'
import type { RunningLink } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { connectToxiproxy } from '../toxiproxy.ts'
import type { KeptProxy } from './kept-proxies.ts'
import { upstreamOf } from './upstream.ts'

/**
 * The proxy on a link to a database that Squall did not start, as it is now: kept by `squall proxy`, or in a Toxiproxy of
 * the users' own. Rejects with a StackError `no_proxy`: there is none, it leads elsewhere, or something acts on it already.
 */
export async function findLink(
  link: LinkSpec,
  databaseUrl: string,
  kept: readonly KeptProxy[],
  clock: Clock,
): Promise<RunningLink> {
  const upstream = upstreamOf(databaseUrl) ?? ''
  const { apiUrl, proxyName } = placeOf(link, upstream, kept)
  const state = await connectToxiproxy(apiUrl, clock)
    .proxy(proxyName)
    .catch((cause: unknown) => {
      throw noProxy(`the proxy ${proxyName} on ${link.id} does not answer at ${apiUrl}: ${String(cause)}`)
    })
  if (upstreamOf(state.upstream) !== upstream)
    throw noProxy(`the proxy ${proxyName} leads to ${state.upstream}, and ${link.to} is at ${upstream}`)
  if (!state.enabled || state.toxics.length > 0)
    throw noProxy(`something acts on the proxy ${proxyName} already, which is not of this run`)
  const colon = state.listen.lastIndexOf(':')
  return {
    id: link.id,
    from: link.from,
    to: link.to,
    host: hereOf(state.listen.slice(0, colon)),
    port: Number(state.listen.slice(colon + 1)),
    upstream: state.upstream,
    protocol: 'postgres',
    proxyName,
    apiUrl,
    processName: null,
  }
}

/** One that listens everywhere is reached here. */
function hereOf(host: string): string {
  return host === '' || host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host
}

function placeOf(
  { id, proxy }: LinkSpec,
  upstream: string,
  kept: readonly KeptProxy[],
): Pick<KeptProxy, 'apiUrl' | 'proxyName'> {
  if (proxy?.startsWith('http://')) {
    const [apiUrl = '', name = ''] = proxy.split('/proxies/')
    return { apiUrl, proxyName: decodeURIComponent(name) }
  }
  const found = kept.find((one) => (proxy === undefined ? one.upstream === upstream : one.name === proxy))
  if (found !== undefined) return found
  const wanted = proxy === undefined ? `that leads to ${upstream}` : `of the name ${proxy}`
  throw noProxy(`no proxy ${wanted} is kept, for the link ${id}`)
}

function noProxy(message: string): StackError {
  const hint = 'squall proxy --upstream … opens one; squall heal undoes what a dead run left on it'
  return new StackError({ kind: 'no_proxy', message, hint })
}
