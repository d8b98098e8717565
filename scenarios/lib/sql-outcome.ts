import type { Told } from './http-outcome.ts'
import type { SqlExpectation } from './sql.ts'

/** What became of a statement that the database carried out; `rows` it gave or changed. */
export function classifyRows(rows: number, { rows: wanted }: SqlExpectation = {}): Told {
  if (wanted === undefined || (rows >= wanted.min && rows <= wanted.max)) return { outcome: 'ok' }
  const span = wanted.max === Number.MAX_SAFE_INTEGER ? `${wanted.min} or more` : `${wanted.min} to ${wanted.max}`
  return { outcome: 'wrong_answer', detail: `${rows} rows, expected ${span}` }
}

/**
 * What became of a statement that failed, by the words of pgx, which are all that k6/x/sql passes on: an answer of the
 * database has its SQLSTATE in it, all else is the way to it. The detail begins with the SQLSTATE, so that each has
 * outcomes of its own, and is kept free of addresses, so that like errors have one text.
 */
export function classifySqlError(text: string, { sqlstates = [] }: SqlExpectation = {}): Told {
  const sqlstate = sqlstateOf(text)
  if (sqlstate === undefined) {
    const timedOut = /context deadline exceeded|i\/o timeout|timeout: /.test(text)
    return { outcome: timedOut ? 'timeout' : 'transport', detail: wayOnly(text) }
  }
  if (sqlstates.includes(sqlstate)) return { outcome: 'expected' }
  return { outcome: 'application_error', detail: `${sqlstate} ${messageOf(text)}` }
}

export function sqlstateOf(text: string): string | undefined {
  return /\(SQLSTATE ([0-9A-Z]{5})\)/.exec(text)?.[1]
}

/** Class 53, insufficient resources, such as too many connections: the database is there and refuses for now. */
export function isRefusedForNow(text: string): boolean {
  return sqlstateOf(text)?.startsWith('53') === true
}

function messageOf(text: string): string {
  const found = /(?:ERROR|FATAL|PANIC): (.*?) ?\(SQLSTATE/s.exec(text)?.[1]
  return found ?? text
}

function wayOnly(text: string): string {
  const short = text
    .replace(/^GoError: /, '')
    .replace(/failed to connect to `[^`]*`:?\s*/, '')
    .replace(/\b(?:dial|read|write) (?:tcp|unix) \S+?: /g, '')
    .replace(/\S+:\d+ \([^)]*\): /g, '')
    .replace(/ ?\S+:\d+->\S+:\d+:?/g, '')
  // One line for each address that was tried, which are often the same.
  const ways = new Set(short.split('\n').map((line) => line.trim()))
  ways.delete('')
  return ways.size === 0 ? 'no answer' : [...ways].join('; ')
}
