import pg from 'pg'
import type { Clock } from '../domain/clock.ts'
import type { OwnSessions } from '../domain/plan.ts'
import type { StreamWriter } from '../record/writer.ts'
import {
  type Clients,
  cellsOf,
  hasStatementsQuery,
  missingCells,
  observerName,
  queryValues,
  sampleQuery,
  statementsQuery,
} from './database-query.ts'
import { type Sampler, sampleEvery } from './every.ts'
import { countClients, type WatchedProxy } from './proxy-clients.ts'

export interface DatabaseSamplerSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  /** Straight to the database, past every proxy. */
  readonly databaseUrl: string
  /** Which sessions are the system's; null: all that are not ours. */
  readonly own: OwnSessions | null
  /** How long each idle session has been so is recorded: what a pool that nobody tells of is derived from. */
  readonly withAges: boolean
  /** Those that the system is to come through; empty: nobody needs to ask. */
  readonly proxies: readonly WatchedProxy[]
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

const queryTimeoutMs = 1_000
const statementsEveryUs = 1_000_000
/** The table of all sockets of the machine: 27 ms of CPU where 6,600 were open or just closed. */
const clientsEveryUs = 1_000_000

interface Line {
  readonly client: pg.Client
  /** pg_stat_statements is there. */
  hasStatements: boolean
}

async function connect(url: string): Promise<Line> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `${observerName} observer`,
    connectionTimeoutMillis: queryTimeoutMs,
    query_timeout: queryTimeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ found: boolean }>(hasStatementsQuery)
    return { client, hasStatements: rows[0]?.found === true }
  } catch (cause) {
    await client.end().catch(() => undefined)
    throw cause
  }
}

/** One connection, opened anew after each failure, so that the first sample after a restart comes at once. */
export function sampleDatabase(spec: DatabaseSamplerSpec): Sampler {
  let line: Line | null = null
  let statementsAskedUs = Number.NEGATIVE_INFINITY
  let countedUs = Number.NEGATIVE_INFINITY
  const values = [...queryValues(spec.own, spec.withAges)]
  const drop = async () => {
    const broken = line
    line = null
    await Promise.race([broken?.client.end().catch(() => undefined), spec.clock.sleep(200)])
  }
  /** null: not there, not asked this time, or this login may not. */
  const askStatements = async (open: Line): Promise<readonly [number, number] | null> => {
    const nowUs = spec.clock.monotonicUs()
    if (!open.hasStatements || nowUs - statementsAskedUs < statementsEveryUs) return null
    statementsAskedUs = nowUs
    try {
      const { rows } = await open.client.query<{ calls: string | null; exec_ms: number | null }>(statementsQuery)
      const [row] = rows
      return row?.calls == null || row.exec_ms === null ? null : [Number(row.calls), row.exec_ms]
    } catch (cause) {
      // Not preloaded, or of a version with other columns: the database says so each time.
      if (!(cause instanceof pg.DatabaseError)) throw cause
      open.hasStatements = false
      return null
    }
  }
  /** null: not asked this time. */
  const countAll = (): Clients | null => {
    const nowUs = spec.clock.monotonicUs()
    if (spec.proxies.length === 0 || nowUs - countedUs < clientsEveryUs) return null
    countedUs = nowUs
    return Object.fromEntries(spec.proxies.map((proxy) => [proxy.link, countClients(proxy)]))
  }
  const sample = async () => {
    const askedUs = spec.clock.monotonicUs()
    let error: string | null = null
    let cells: readonly unknown[] = missingCells
    let nowUs: number | null = null
    try {
      line ??= await connect(spec.databaseUrl)
      const result = await line.client.query<Record<string, unknown>>(sampleQuery, values)
      nowUs = spec.clock.monotonicUs()
      // At once: they are held against the sessions.
      const clients = countAll()
      cells = cellsOf(result.rows[0] ?? {}, await askStatements(line), clients)
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause)
      cells = missingCells
      await drop()
    }
    nowUs ??= spec.clock.monotonicUs()
    spec.writer.row([nowUs - spec.t0Us, nowUs - askedUs, error, ...cells])
  }
  const loop = sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
  const stop = async () => {
    await loop.stop()
    await drop()
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
