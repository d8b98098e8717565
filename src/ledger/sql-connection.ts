import pg from 'pg'
import type { WriteEnd } from './record.ts'

/** To connect takes some ms on loopback, 90 ms on a busy machine; an answer as well. A write without one is unknown. */
export const connectMsMax = 500
export const answerMsMax = 1_000

/** What an operator or a broken line cut short may have been done already: admin_shutdown and its kin, connection exceptions. */
const indefiniteClasses = ['57', '08', 'XX', '58']

export function newClient(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'squall ledger',
    connectionTimeoutMillis: connectMsMax,
    query_timeout: answerMsMax,
    // A wait for a synchronous standby is ended by no statement_timeout (SyncRep): our own limit is the only one.
  })
  client.on('error', () => undefined)
  return client
}

/** One connection, which is made anew when it broke. */
export class SqlConnection {
  readonly #url: string
  #client: pg.Client | null = null
  #warning: string | null = null

  constructor(url: string) {
    this.#url = url
  }

  /** How the write ended that `work` makes; it rejects with the database's error, or says that it did nothing. */
  async attempt(work: (client: pg.Client) => Promise<'done' | { readonly refused: string }>): Promise<WriteEnd> {
    let client: pg.Client
    try {
      client = await this.client()
    } catch (error) {
      // Never sent.
      return { outcome: 'failed', why: textOf(error) }
    }
    this.#warning = null
    try {
      const done = await work(client)
      if (done !== 'done') return { outcome: 'failed', why: done.refused }
      // "Committed locally, but might not have been replicated" is a warning, and no error.
      return this.#warning === null ? { outcome: 'ok', why: null } : { outcome: 'unknown', why: this.#warning }
    } catch (error) {
      const end = endOfError(error)
      if (end.outcome === 'unknown') this.close()
      return end
    }
  }

  /** Rejects where there is none to be had, and is closed then. */
  async client(): Promise<pg.Client> {
    try {
      return this.#client ?? (await this.#connect())
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    const client = this.#client
    this.#client = null
    client?.end().catch(() => undefined)
    client?.connection.stream.destroy()
  }

  async #connect(): Promise<pg.Client> {
    const client = newClient(this.#url)
    this.#client = client
    client.on('notice', ({ severity, message }) => {
      if (severity === 'WARNING') this.#warning = message ?? severity
    })
    await client.connect()
    return client
  }
}

/** What an error after the write was sent says of it: `failed` only where the database itself says that it is not done. */
export function endOfError(error: unknown): WriteEnd {
  const state = error instanceof pg.DatabaseError ? (error.code ?? '') : ''
  const isDefinite = state !== '' && !indefiniteClasses.some((begin) => state.startsWith(begin))
  return { outcome: isDefinite ? 'failed' : 'unknown', why: state === '' ? textOf(error) : state }
}

export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : error.message
}
