import type { Memory, Random } from './workload.ts'

export type SqlValue = string | number | boolean | null

export interface SqlExpectation {
  /** Rows that the statement gives or changes, or the answer is wrong. */
  readonly rows?: { readonly min: number; readonly max: number }
  /** SQLSTATEs that are normal here, such as 23505: they count as `expected`. */
  readonly sqlstates?: readonly string[]
}

export interface StatementUse {
  readonly name: string
  /** Relative share of the calls; a plan may change it by `load.with.statements.<name>.weight`. 0 turns it off. */
  readonly weight: number
  /** One statement, with $1, $2 and so on for its arguments. */
  readonly sql: string
  arguments?(random: Random, memory: Memory): readonly SqlValue[]
  readonly expect?: SqlExpectation
}

/** `held`: each user keeps one connection · `each-call`: each call opens one and closes it: a connection storm. */
export const connectionModes = ['held', 'each-call'] as const
export type ConnectionMode = (typeof connectionModes)[number]

/** Users who speak to the database themselves. */
export interface SqlWorkload {
  readonly name: string
  readonly protocol: 'sql'
  readonly connections: ConnectionMode
  /** Statements are prepared once a connection, by name. A PgBouncer in transaction mode may know no names. */
  readonly prepares?: boolean
  readonly statements: readonly StatementUse[]
}
