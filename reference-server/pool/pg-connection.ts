import { Socket } from 'node:net'
import pg from 'pg'
import { after, uptimeMs } from '../clock.ts'
import { Failure } from '../failure.ts'
import { classify } from './classify.ts'
import type { Connect, Connection, Row, Statement, Value } from './connection.ts'

export interface ConnectionSettings {
  readonly databaseUrl: string
  readonly applicationName: string
  /** 0: none. A connection whose statement took longer is destroyed; the server is told the same limit. */
  readonly queryTimeoutMs: number
  /** 0: none. From dialling until the server is ready for queries. */
  readonly connectTimeoutMs: number
  /** Idle time before TCP keepalive probes start; 0: no probes. */
  readonly keepaliveMs: number
}

export interface ConnectionWatcher {
  /** One message there and back: ping, BEGIN, statement, COMMIT, ROLLBACK. */
  roundTrip(): void
  /** A statement of a tool ended, well or not. */
  queried(kind: string, durationMs: number): void
}

// An orderly goodbye is one packet; a peer that does not take it within this is gone.
const closeMsMax = 1_000
const pingStatement: Statement = { name: 'ping', text: 'select 1', kind: 'ping' }
// Times come out in UTC. One plan a statement and connection: by default PostgreSQL plans each of the first five uses
// anew, which a pool of a hundred connections and a hundred statements would pay for minutes. A page read at random
// costs about as much as the next one where data lies in memory or on flash; the default of 4 is for spinning disks.
const sessionOptions = '-c TimeZone=UTC -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1'
const textTypes = { int8: 20, date: 1082, timestamptz: 1184 }

/** Sums and counts as numbers (all stay below 2^53), times as ISO 8601 text: parsing to Date and back would cost more. */
function typeParser(type: number, format?: 'text' | 'binary'): unknown {
  if (type === textTypes.int8) return Number
  if (type === textTypes.date) return String
  if (type === textTypes.timestamptz) return (text: string) => text.replace(' ', 'T').replace(/\+00$/, 'Z')
  return format === 'binary' ? pg.types.getTypeParser(type, 'binary') : pg.types.getTypeParser(type, 'text')
}

export function connector(settings: ConnectionSettings, watcher: ConnectionWatcher): Connect {
  return async (signal) => {
    // The socket is ours, so that it can be ended at once whatever state the driver is in.
    const socket = new Socket()
    const client = new pg.Client({
      connectionString: settings.databaseUrl,
      application_name: settings.applicationName,
      stream: () => socket,
      types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
      statement_timeout: settings.queryTimeoutMs === 0 ? false : settings.queryTimeoutMs,
      keepAlive: settings.keepaliveMs > 0,
      keepAliveInitialDelayMillis: settings.keepaliveMs,
      options: sessionOptions,
    })
    const connection = new PgConnection(client, socket, settings.queryTimeoutMs, watcher)
    await connection.open(settings.connectTimeoutMs, signal)
    return connection
  }
}

class PgConnection implements Connection {
  readonly #client: pg.Client
  readonly #socket: Socket
  readonly #queryTimeoutMs: number
  readonly #watcher: ConnectionWatcher
  #broken = false
  #ended = false
  #onBreak: (() => void) | undefined

  constructor(client: pg.Client, socket: Socket, queryTimeoutMs: number, watcher: ConnectionWatcher) {
    this.#client = client
    this.#socket = socket
    this.#queryTimeoutMs = queryTimeoutMs
    this.#watcher = watcher
    // Without this listener a terminated backend would end the whole process.
    client.on('error', () => this.#break())
    client.on('end', () => this.#break())
  }

  get broken(): boolean {
    return this.#broken
  }

  onBreak(listener: () => void): void {
    this.#onBreak = listener
  }

  open(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return this.#bounded(
      async () => {
        await this.#client.connect()
      },
      timeoutMs,
      () => new Failure('connect_timeout', `the database did not accept a connection within ${timeoutMs} ms`),
      signal,
    )
  }

  async query(statement: Statement, values: readonly Value[]): Promise<readonly Row[]> {
    const sinceMs = uptimeMs()
    try {
      const { name, text } = statement
      return await this.#send(() => this.#client.query<Row>({ name, text, values: [...values] }))
    } finally {
      this.#watcher.queried(statement.kind, uptimeMs() - sinceMs)
    }
  }

  async ping(): Promise<void> {
    const { name, text } = pingStatement
    await this.#send(() => this.#client.query({ name, text }))
  }

  destroy(): void {
    this.#ended = true
    this.#broken = true
    this.#socket.destroy()
  }

  async close(): Promise<void> {
    this.#ended = true
    this.#broken = true
    const cancel = after(closeMsMax, () => this.#socket.destroy())
    try {
      await this.#client.end()
    } catch {
      this.#socket.destroy()
    } finally {
      cancel()
    }
  }

  async #send(query: () => Promise<pg.QueryResult<Row>>): Promise<readonly Row[]> {
    this.#watcher.roundTrip()
    const { rows } = await this.#bounded(query, this.#queryTimeoutMs, () => this.#queryTimeout())
    return rows
  }

  #queryTimeout(): Failure {
    const message = `the database did not answer a statement within ${this.#queryTimeoutMs} ms; its connection was closed`
    return new Failure('query_timeout', message, { timeout_ms: this.#queryTimeoutMs })
  }

  /** Work with an end: on time-out or abort the socket is destroyed and the promise rejects at once. */
  #bounded<T>(work: () => Promise<T>, timeoutMs: number, timedOut: () => Failure, signal?: AbortSignal): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const giveUp = (reason: unknown): void => {
      reject(reason)
      this.destroy()
    }
    const onAbort = (): void => giveUp(signal?.reason)
    const cancel = after(timeoutMs, () => giveUp(timedOut()))
    signal?.addEventListener('abort', onAbort)
    work()
      .then(resolve, (error: unknown) => {
        const { failure, breaksConnection } = classify(error)
        if (breaksConnection) this.destroy()
        reject(failure)
      })
      .finally(() => {
        cancel()
        signal?.removeEventListener('abort', onAbort)
      })
    return promise
  }

  #break(): void {
    if (this.#ended || this.#broken) return
    this.#broken = true
    this.#socket.destroy()
    this.#onBreak?.()
  }
}
