/** What Squall's own connections see of a link or a node, outside of the system under test. */

/** `refused`, `reset`, `closed`: how a socket said no. `timeout`: it said nothing. `database`: the database said no. */
export type ProbeErrorKind = 'refused' | 'reset' | 'closed' | 'timeout' | 'database' | 'other'

/** `long` lives through the faults, `fresh` is made for each sample. */
export type ProbeConnection = 'long' | 'fresh'

/** One round trip of our own. */
export interface ProbeSample {
  readonly connection: ProbeConnection
  /** CLOCK_MONOTONIC, µs, absolute. */
  readonly askedUs: number
  readonly endedUs: number
  /** null: the answer came. */
  readonly error: ProbeErrorKind | null
  /** SQLSTATE of a database that said no; null otherwise. */
  readonly sqlState: string | null
  /** What the failure said, in its own words, where it said anything. */
  readonly message?: string
  /** Duration of the question alone, ms; null when there was no answer. */
  readonly roundTripMs: number | null
  /** First column of the answer's first row, as text; null where there is none, and for HTTP. */
  readonly answer: string | null
  readonly question: ProbeQuestion
}

/**
 * What a probe asks instead of its usual cheap question while a fault is near whose harm that would not show. Of an
 * HTTP target, all are ignored.
 */
export interface ProbeQuestion {
  /** One statement; null: the usual one. */
  readonly sql: string | null
  readonly isLarge: boolean
  /** Of a fresh connection: a goodbye is said, and its answer is that the other side has closed. */
  readonly isGoodbye?: true
  /** Asked by the long-lived connection alone, in the system's own database: fresh ones would count among its sessions. */
  readonly isInSystemDatabase?: true
}

export const usualQuestion: ProbeQuestion = { sql: null, isLarge: false }
