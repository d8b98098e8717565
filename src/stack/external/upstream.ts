import { isAllowedHost } from '../../domain/allowed-hosts.ts'

/** Where a proxy leads to, and where it listens. A login that was given with it is in neither. */
export interface ProxyEnds {
  /** host:port */
  readonly upstream: string
  /** null: any free port of 127.0.0.1. */
  readonly listen: { readonly host: string; readonly port: number } | null
}

export interface ProxyWish {
  readonly upstream: string
  readonly listen: string | null
  readonly allowHosts: readonly string[]
}

const postgresPort = 5432

/** The ends of a proxy by its flags, or every problem with them, none of which repeats a login. */
export function proxyEnds({ upstream, listen, allowHosts }: ProxyWish): ProxyEnds | { readonly problems: string[] } {
  const problems: string[] = []
  const from = endOf(upstream)
  if (from === null) problems.push(`--upstream: a database's address, such as postgres://127.0.0.1:5432`)
  else if (!isAllowedHost(from.host, allowHosts))
    problems.push(
      `--upstream: ${from.host} is not this machine: --allow-host ${from.host} lets faults act on the way to it`,
    )
  const at = listen === null ? null : endOf(`postgres://${listen}`)
  if (listen !== null && (at === null || !/:\d+$/.test(listen)))
    problems.push(`--listen: an address of this machine with a port, such as 127.0.0.1:6432`)
  else if (at !== null && !isAllowedHost(at.host, allowHosts))
    problems.push(`--listen: others than this machine could use it: --allow-host ${at.host} lets them`)
  if (from === null || problems.length > 0) return { problems }
  return { upstream: `${from.host}:${from.port}`, listen: at }
}

/** `postgres://…` with or without a login, or host:port. null: neither. */
function endOf(text: string): { readonly host: string; readonly port: number } | null {
  const url = URL.parse(text.includes('://') ? text : `postgres://${text}`)
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') return null
  // One word for both: `localhost` may be the other kind of address for one program, and this for the next.
  const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname
  return { host, port: url.port === '' ? postgresPort : Number(url.port) }
}

/** host:port of a database's URL, in the words of `ProxyEnds.upstream`; null: it is none. */
export function upstreamOf(databaseUrl: string): string | null {
  const end = endOf(databaseUrl)
  return end === null ? null : `${end.host}:${end.port}`
}
