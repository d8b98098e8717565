import type { ICreateToxicBody } from 'toxiproxy-node-client'
import { Toxiproxy } from 'toxiproxy-node-client'
import type { Clock } from '../domain/clock.ts'
import type { ToxicSpec } from '../domain/link.ts'

type ToxiproxyErrorKind =
  /** No answer within the deadline: removing a toxic can hang the whole API (Shopify/toxiproxy #558, #427). */
  | 'no_answer'
  /** It answered, and refused or failed; the client keeps the status and drops the server's words. */
  | 'refused'
  /** Nobody answers at its address. */
  | 'unreachable'

class ToxiproxyError extends Error {
  readonly kind: ToxiproxyErrorKind

  constructor(kind: ToxiproxyErrorKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'ToxiproxyError'
    this.kind = kind
  }
}

interface ProxyState {
  readonly name: string
  /** host:port */
  readonly listen: string
  readonly upstream: string
  readonly enabled: boolean
  readonly toxics: readonly ToxicSpec[]
}

/** Toxiproxy's control API. Every call ends within the deadline; all reject with a ToxiproxyError. */
export interface ProxyControl {
  proxy(name: string): Promise<ProxyState>
  addToxic(proxyName: string, toxic: ToxicSpec): Promise<void>
  removeToxic(proxyName: string, toxicName: string): Promise<void>
  /** false closes the listener and every connection; true listens again. */
  setEnabled(proxyName: string, enabled: boolean): Promise<void>
}

/** On loopback a call takes 1 ms; a hung one never ends. */
const callMsMax = 2_000

export function connectToxiproxy(apiUrl: string, clock: Clock): ProxyControl {
  const client = new Toxiproxy(apiUrl)
  const call = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    withinDeadline(`${apiUrl}: ${what}`, work, clock)
  return {
    proxy: (name) =>
      call(`read proxy ${name}`, async () => {
        // The client's own Proxy drops the toxics.
        const { data } = await client.getApi().get<ProxyState>(`${apiUrl}/proxies/${encodeURIComponent(name)}`)
        return data
      }),
    addToxic: (proxyName, toxic) =>
      call(`add toxic ${toxic.name} to ${proxyName}`, async () => {
        const proxy = await client.get(proxyName)
        const body: ICreateToxicBody<ToxicSpec['attributes']> = toxic
        await proxy.addToxic(body)
      }),
    removeToxic: (proxyName, toxicName) =>
      call(`remove toxic ${toxicName} from ${proxyName}`, async () => {
        const path = `/proxies/${encodeURIComponent(proxyName)}/toxics/${encodeURIComponent(toxicName)}`
        await client.getApi().delete(`${apiUrl}${path}`)
      }),
    setEnabled: (proxyName, enabled) =>
      call(`${enabled ? 'enable' : 'disable'} proxy ${proxyName}`, async () => {
        const proxy = await client.get(proxyName)
        await proxy.update({ enabled, listen: proxy.listen, upstream: proxy.upstream })
      }),
  }
}

/** The client knows no deadline: a call that hangs is left to itself. */
async function withinDeadline<T>(what: string, work: () => Promise<T>, clock: Clock): Promise<T> {
  const timer = new AbortController()
  const late = clock.sleep(callMsMax, timer.signal).then(() => {
    throw new ToxiproxyError('no_answer', `${what}: no answer within ${callMsMax / 1_000} s`)
  })
  late.catch(() => undefined)
  const called = work().catch((error: unknown) => {
    throw asOurs(what, error)
  })
  try {
    return await Promise.race([called, late])
  } finally {
    called.catch(() => undefined)
    timer.abort()
  }
}

/** The one place that reads the client's words: it makes a new error of each, and keeps no code (client 4.1.0). */
function asOurs(what: string, error: unknown): ToxiproxyError {
  const text = error instanceof Error ? error.message : String(error)
  const kind = text.includes('status code') ? 'refused' : 'unreachable'
  return new ToxiproxyError(kind, `${what}: ${text}`, error)
}
