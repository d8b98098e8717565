import pg from 'pg'
import type { WriteLane } from './open-model.ts'
import type { WriteEnd } from './record.ts'

/** To connect takes some ms on loopback, 90 ms on a busy machine; an answer as well. A write without one is unknown. */
const connectMsMax = 500
const answerMsMax = 1_000
/** As long as a lane may be taken by one write. */
export const sqlPatienceMs = connectMsMax + answerMsMax

/** In the database that the system uses: what is restored of that one, is restored of these. */
const prepare = `
  create schema if not exists squall_ledger;
  create table if not exists squall_ledger.writes (op text not null)`
// No unique key: whoever writes one twice is to be found.
const insert = 'insert into squall_ledger.writes (op) values ($1)'
export const sqlSurvivors = 'select op, count(*)::int as copies from squall_ledger.writes group by op'

/** What an operator or a broken line cut short may have been done already: admin_shutdown and its kin, connection exceptions. */
const indefiniteClasses = ['57', '08', 'XX', '58']

/** Makes the ledger's own table. Rejects with the database's error. */
export async function prepareSqlLedger(url: string): Promise<void> {
  const client = newClient(url)
  try {
    await client.connect()
    await client.query(prepare)
  } finally {
    client.end().catch(() => undefined)
  }
}

function newClient(url: string): pg.Client {
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

/** Straight to the database, by one connection that is made anew when it broke. */
export class SqlLane implements WriteLane {
  readonly #url: string
  #client: pg.Client | null = null
  #warning: string | null = null

  constructor(url: string) {
    this.#url = url
  }

  async write(op: string): Promise<WriteEnd> {
    let client: pg.Client
    try {
      client = this.#client ?? (await this.#connect())
    } catch (error) {
      this.close()
      // Never sent.
      return { outcome: 'failed', why: textOf(error) }
    }
    this.#warning = null
    try {
      await client.query(insert, [op])
      // "Committed locally, but might not have been replicated" is a warning, and no error.
      return this.#warning === null ? { outcome: 'ok', why: null } : { outcome: 'unknown', why: this.#warning }
    } catch (error) {
      const end = endOfError(error)
      if (end.outcome === 'unknown') this.close()
      return end
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

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : error.message
}
