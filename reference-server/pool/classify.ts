import pg from 'pg'
import { Failure, type FailureCode } from '../failure.ts'

// SQLSTATEs of https://www.postgresql.org/docs/16/errcodes-appendix.html that callers can act on.
const codeBySqlState: Readonly<Record<string, FailureCode>> = {
  '40001': 'deadlock',
  '40P01': 'deadlock',
  '53300': 'too_many_connections',
  '57014': 'query_cancelled',
  '57P01': 'database_unavailable',
  '57P02': 'database_unavailable',
  '57P03': 'database_unavailable',
  '57P05': 'database_unavailable',
}

/** By the first two characters: connection exceptions; data and constraints that the caller's values broke. */
const codeByClass: Readonly<Record<string, FailureCode>> = {
  '08': 'database_unavailable',
  '22': 'rejected',
  '23': 'rejected',
}

/** After these the server closes the connection, or never opened it. */
const endsConnection: ReadonlySet<string> = new Set(['53300', '57P01', '57P02', '57P03', '57P05'])

export interface Classified {
  readonly failure: Failure
  readonly breaksConnection: boolean
}

/** The only place that reads the driver's errors: its texts and fields go in, a named failure comes out. */
export function classify(error: unknown): Classified {
  if (error instanceof Failure) return { failure: error, breaksConnection: false }
  if (error instanceof pg.DatabaseError && error.code !== undefined) return classifySqlState(error, error.code)
  const message = error instanceof Error ? error.message || error.name : String(error)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  const failure = new Failure('database_unavailable', `the database connection failed: ${message}${code}`, {}, error)
  return { failure, breaksConnection: true }
}

function classifySqlState(error: pg.DatabaseError, sqlstate: string): Classified {
  const code = codeOf(error, sqlstate)
  const failure = new Failure(code, `${error.message} (SQLSTATE ${sqlstate})`, { sqlstate }, error)
  return { failure, breaksConnection: endsConnection.has(sqlstate) || sqlstate.startsWith('08') }
}

function codeOf(error: pg.DatabaseError, sqlstate: string): FailureCode {
  // 57014 is both the statement_timeout's and pg_cancel_backend's; only the (untranslated) text tells them apart.
  if (sqlstate === '57014' && error.message.includes('statement timeout')) return 'query_timeout'
  return codeBySqlState[sqlstate] ?? codeByClass[sqlstate.slice(0, 2)] ?? 'database_error'
}
