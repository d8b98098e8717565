import pg from 'pg'
import type { Clock } from '../domain/clock.ts'
import type { LinkErrorKind, LinkSample } from '../domain/link.ts'
import { observerName } from './database.ts'
import type { Sampler } from './every.ts'

/** No answer by then is told as `timeout`; the query itself goes on waiting, as a pooled connection would. */
const patienceMs = 400
/** A connection that has been silent for this long is given up and opened anew, so that a probe never wedges. */
const abandonMs = 60_000

export interface LinkProbeSpec {
  readonly clock: Clock
  /** Through the link's proxy. */
  readonly databaseUrl: string
  /** How long between two samples; asked before each, so that the rhythm may be quickened while a fault comes or goes. */
  readonly everyMs: () => number
  readonly onSample: (sample: LinkSample) => void
  /** What fails on the link is a sample, so anything thrown is a defect. Once; the probe has ended then. */
  readonly onError: (error: unknown) => void
}

/** The one place that reads what a failed socket or query says. */
export function classifyLinkError(error: unknown): LinkErrorKind {
  const code = (error as { code?: unknown }).code
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset'
  if (code === 'ETIMEDOUT') return 'timeout'
  // An SQLSTATE has five characters (PostgreSQL, appendix A): the database itself has answered.
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return 'database'
  const message = error instanceof Error ? error.message : String(error)
  // node-postgres has no code for these two (pg 8, lib/client.js).
  if (/connection terminated/i.test(message)) return 'closed'
  if (/timeout/i.test(message)) return 'timeout'
  return 'other'
}

type Settled = { readonly error: unknown } | { readonly error: null }

function settle(promise: Promise<unknown>): Promise<Settled> {
  return promise.then(
    () => ({ error: null }),
    (error: unknown) => ({ error }),
  )
}

function newClient(url: string, connection: string): pg.Client {
  const client = new pg.Client({ connectionString: url, application_name: `${observerName} probe ${connection}` })
  client.on('error', () => undefined)
  return client
}

/** Ends a connection without waiting for its goodbye to get through a link that may be dead. */
function destroy(client: pg.Client): void {
  client.connection.stream.destroy()
}

class Prober {
  readonly #spec: LinkProbeSpec
  readonly #ended = new AbortController()
  readonly #loops: readonly Promise<void>[]
  #isBroken = false

  constructor(spec: LinkProbeSpec) {
    this.#spec = spec
    this.#loops = [this.#longLived(), this.#fresh()].map((loop) => loop.catch((error) => this.#broke(error)))
  }

  async stop(): Promise<void> {
    this.#ended.abort()
    await Promise.all(this.#loops)
  }

  /** The other loop ends as well: half a probe would look like a whole one. */
  #broke(error: unknown): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#ended.abort()
    this.#spec.onError(error)
  }

  async #pause(): Promise<void> {
    await this.#spec.clock.sleep(this.#spec.everyMs(), this.#ended.signal)
  }

  #tell(connection: LinkSample['connection'], askedUs: number, sentUs: number, error: LinkErrorKind | null): void {
    const endedUs = this.#spec.clock.monotonicUs()
    const roundTripMs = error === null ? (endedUs - sentUs) / 1_000 : null
    this.#spec.onSample({ connection, askedUs, endedUs, error, roundTripMs })
  }

  /** Waits for an answer, telling of each stretch of silence; null when it was given up or the probe was stopped. */
  async #await(
    connection: LinkSample['connection'],
    askedUs: number,
    answer: Promise<Settled>,
  ): Promise<Settled | null> {
    const patience = connection === 'fresh' ? 1 : Math.ceil(abandonMs / patienceMs)
    for (let turn = 0; turn < patience && !this.#ended.signal.aborted; turn += 1) {
      const first = await Promise.race([answer, this.#spec.clock.sleep(patienceMs, this.#ended.signal)])
      if (first) return first
      if (!this.#ended.signal.aborted) this.#tell(connection, askedUs, askedUs, 'timeout')
    }
    return null
  }

  async #longLived(): Promise<void> {
    let client: pg.Client | null = null
    while (!this.#ended.signal.aborted) {
      const askedUs = this.#spec.clock.monotonicUs()
      let settled: Settled | null
      if (client) settled = await this.#await('long', askedUs, settle(client.query('select 1')))
      else {
        client = newClient(this.#spec.databaseUrl, 'long')
        settled = await this.#await('long', askedUs, settle(client.connect()))
      }
      const isQuery = settled !== null
      if (settled?.error) this.#tell('long', askedUs, askedUs, classifyLinkError(settled.error))
      else if (isQuery) this.#tell('long', askedUs, askedUs, null)
      if (!settled || settled.error) {
        destroy(client)
        client = null
      }
      await this.#pause()
    }
    if (client) destroy(client)
  }

  async #fresh(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const askedUs = this.#spec.clock.monotonicUs()
      const client = newClient(this.#spec.databaseUrl, 'fresh')
      let sentUs = askedUs
      const answer = settle(
        client.connect().then(() => {
          sentUs = this.#spec.clock.monotonicUs()
          return client.query('select 1')
        }),
      )
      const settled = await this.#await('fresh', askedUs, answer)
      if (settled) this.#tell('fresh', askedUs, sentUs, settled.error ? classifyLinkError(settled.error) : null)
      destroy(client)
      await this.#pause()
    }
  }
}

/**
 * Two connections of our own on a link, outside the system's pool: one that lives as long as the link lets it, and a
 * fresh one for each sample. What they see decides when a fault is really on and really gone.
 */
export function probeLink(spec: LinkProbeSpec): Sampler {
  const prober = new Prober(spec)
  const stop = () => prober.stop()
  return { stop, [Symbol.asyncDispose]: stop }
}
