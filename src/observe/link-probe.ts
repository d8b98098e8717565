import pg from 'pg'
import type { Clock } from '../domain/clock.ts'
import {
  type ProbeConnection,
  type ProbeErrorKind,
  type ProbeQuestion,
  type ProbeSample,
  usualQuestion,
} from '../domain/probe-sample.ts'
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
  /** Asked before each sample. */
  readonly question: () => ProbeQuestion
  readonly onSample: (sample: ProbeSample) => void
}

/** The one place that reads what a failed socket or query says. */
export function classifyLinkError(error: unknown): ProbeErrorKind {
  const code = (error as { code?: unknown }).code
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset'
  if (code === 'ETIMEDOUT') return 'timeout'
  if (sqlStateOf(error) !== null) return 'database' // the database itself has answered
  const message = error instanceof Error ? error.message : String(error)
  // node-postgres has no code for these two (pg 8, lib/client.js).
  if (/connection terminated/i.test(message)) return 'closed'
  if (/timeout/i.test(message)) return 'timeout'
  return 'other'
}

interface Asked {
  readonly connection: ProbeConnection
  readonly askedUs: number
  sentUs: number
  question: ProbeQuestion
}

interface Settled {
  /** null: the answer came. */
  readonly error: unknown
  readonly answer: string | null
}

function settle(promise: Promise<unknown>): Promise<Settled> {
  return promise.then(
    (result) => ({ error: null, answer: firstCell(result) }),
    (error: unknown) => ({ error, answer: null }),
  )
}

function firstCell(result: unknown): string | null {
  const [row] = (result as { rows?: readonly Record<string, unknown>[] } | undefined)?.rows ?? []
  const [cell] = Object.values(row ?? {})
  return cell === null || cell === undefined ? null : String(cell)
}

function sqlStateOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  // An SQLSTATE has five characters (PostgreSQL, appendix A); the codes of sockets are longer.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null
}

const usualSql = 'select 1'
/** 64 KiB: at 1 MB/s it takes 64 ms, several times what a loopback takes. */
const largeSql = "select repeat('x', 65536)"

function sqlOf({ sql, isLarge }: ProbeQuestion): string {
  return sql ?? (isLarge ? largeSql : usualSql)
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
  readonly #loops: Promise<void>[]

  constructor(spec: LinkProbeSpec) {
    this.#spec = spec
    this.#loops = [this.#longLived(), this.#fresh()]
  }

  async stop(): Promise<void> {
    this.#ended.abort()
    await Promise.all(this.#loops)
  }

  async #pause(): Promise<void> {
    await this.#spec.clock.sleep(this.#spec.everyMs(), this.#ended.signal)
  }

  #tell(asked: Asked, settled: Settled | 'silent'): void {
    const { connection, askedUs, sentUs, question } = asked
    const endedUs = this.#spec.clock.monotonicUs()
    const { error, answer } = settled === 'silent' ? { error: null, answer: null } : settled
    const kind = settled === 'silent' ? 'timeout' : error ? classifyLinkError(error) : null
    const roundTripMs = kind === null ? (endedUs - sentUs) / 1_000 : null
    const sqlState = sqlStateOf(error)
    this.#spec.onSample({ connection, askedUs, endedUs, error: kind, sqlState, roundTripMs, answer, question })
  }

  #ask(connection: ProbeConnection): Asked {
    const askedUs = this.#spec.clock.monotonicUs()
    return { connection, askedUs, sentUs: askedUs, question: this.#spec.question() }
  }

  /** Waits for an answer, telling of each stretch of silence; null when it was given up or the probe was stopped. */
  async #await(asked: Asked, answer: Promise<Settled>): Promise<Settled | null> {
    const patience = asked.connection === 'fresh' ? 1 : Math.ceil(abandonMs / patienceMs)
    for (let turn = 0; turn < patience && !this.#ended.signal.aborted; turn += 1) {
      const first = await Promise.race([answer, this.#spec.clock.sleep(patienceMs, this.#ended.signal)])
      if (first) return first
      if (!this.#ended.signal.aborted) this.#tell(asked, 'silent')
    }
    return null
  }

  async #longLived(): Promise<void> {
    let client: pg.Client | null = null
    while (!this.#ended.signal.aborted) {
      const asked = this.#ask('long')
      let settled: Settled | null
      if (client) settled = await this.#await(asked, settle(client.query(sqlOf(asked.question))))
      else {
        client = newClient(this.#spec.databaseUrl, 'long')
        // No answer to the question yet: only that there is a connection.
        asked.question = usualQuestion
        settled = await this.#await(asked, settle(client.connect()))
      }
      if (settled) this.#tell(asked, settled)
      if (!settled || isBroken(settled)) {
        destroy(client)
        client = null
      }
      await this.#pause()
    }
    if (client) destroy(client)
  }

  async #fresh(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const asked = this.#ask('fresh')
      const client = newClient(this.#spec.databaseUrl, 'fresh')
      const answer = settle(
        client.connect().then(() => {
          asked.sentUs = this.#spec.clock.monotonicUs()
          return client.query(sqlOf(asked.question))
        }),
      )
      const settled = await this.#await(asked, answer)
      if (settled) this.#tell(asked, settled)
      destroy(client)
      await this.#pause()
    }
  }
}

/** A database that says no to a statement keeps the connection, unless it says that it ends it (class 57P, "operator intervention"). */
function isBroken({ error }: Settled): boolean {
  if (!error) return false
  const state = sqlStateOf(error)
  return state === null || state.startsWith('57P')
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
