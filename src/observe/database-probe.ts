import pg from 'pg'
import type { ProbeConnection, ProbeErrorKind, ProbeQuestion } from '../domain/probe-sample.ts'
import { observerName } from './database-query.ts'
import type { ProbeLine, ProbeTarget } from './prober.ts'
import { classifySocketError } from './socket-error.ts'

/** The one place that reads what a failed connection or query to a database says. */
export function classifyDatabaseError(error: unknown): ProbeErrorKind {
  const kind = classifySocketError(error)
  if (kind !== null) return kind
  if (sqlStateOf(error) !== null) return 'database' // the database itself has answered
  const message = error instanceof Error ? error.message : String(error)
  // node-postgres has no code for these (pg 8, lib/client.js).
  if (/connection terminated|not queryable/i.test(message)) return 'closed'
  if (/timeout/i.test(message)) return 'timeout'
  return 'other'
}

function sqlStateOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  // An SQLSTATE has five characters (PostgreSQL, appendix A); the codes of sockets are longer, but for EPIPE.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE' ? code : null
}

/** A database that says no to a statement keeps the connection, unless it says that it ends it (class 57P, "operator intervention"). */
function isBrokenBy(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === null || state.startsWith('57P')
}

const usualSql = 'select 1'
/** 64 KiB there and 64 KiB back: at 1 MB/s each takes 64 ms, several times what a loopback takes. */
const largeSql = `select '${'x'.repeat(65_536)}'`

function sqlOf({ sql, isLarge }: ProbeQuestion): string {
  return sql ?? (isLarge ? largeSql : usualSql)
}

type Rows = pg.QueryResult<Record<string, unknown>>

/** Of several statements that are sent as one question, the last one answers it. */
function firstCell(result: Rows | readonly Rows[]): string | null {
  const last = Array.isArray(result) ? (result as readonly Rows[]).at(-1) : (result as Rows)
  const [cell] = Object.values(last?.rows[0] ?? {})
  return cell === null || cell === undefined ? null : String(cell)
}

function newClient(url: string, connection: ProbeConnection): pg.Client {
  const application = `${observerName} probe ${connection}`
  // No `options`: poolers (PgBouncer, and those of Neon and Supabase) refuse connections that ask for any.
  const client = new pg.Client({ connectionString: url, application_name: application })
  client.on('error', () => undefined)
  return client
}

function newLine(url: string, systemUrl: string, connection: ProbeConnection): ProbeLine {
  const client = newClient(url, connection)
  /** Made when it is first needed. */
  let inSystem: { readonly client: pg.Client; readonly opened: Promise<unknown> } | null = null
  const askInSystem = async (question: ProbeQuestion): Promise<string | null> => {
    if (inSystem === null) {
      const own = newClient(systemUrl, connection)
      inSystem = { client: own, opened: own.connect() }
    }
    await inSystem.opened
    return firstCell(await inSystem.client.query<Record<string, unknown>>(sqlOf(question)))
  }
  return {
    open: () => client.connect().then(() => undefined),
    async ask(question) {
      if (question.isInSystemDatabase) return askInSystem(question)
      if (!question.isGoodbye) return firstCell(await client.query<Record<string, unknown>>(sqlOf(question)))
      await client.end()
      return null
    },
    destroy() {
      client.connection.stream.destroy()
      inSystem?.client.connection.stream.destroy()
    },
  }
}

/** A database behind `url`: straight, or through a link's proxy. `systemUrl`: the system's own database there. */
export function databaseTarget(url: string, systemUrl = url): ProbeTarget {
  return {
    newLine: (connection) => newLine(url, systemUrl, connection),
    classify: classifyDatabaseError,
    sqlStateOf,
    isBrokenBy,
  }
}
