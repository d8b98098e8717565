/** A statement with a name of its own, so that each connection parses and plans it once. */
export interface Statement {
  readonly name: string
  readonly text: string
  /** Label of its durations: select, insert, update, delete, or transaction for BEGIN, COMMIT and ROLLBACK. */
  readonly kind: string
}

export type Value = string | number | boolean | null | readonly number[] | readonly string[]
export type Row = Readonly<Record<string, unknown>>

/** What the pool and its users need of a database connection; `pg-connection.ts` is the real one. */
export interface Connection {
  /** One round trip. Rejects with a Failure; one that leaves the connection unusable also makes it `broken`. */
  query(statement: Statement, values: readonly Value[]): Promise<readonly Row[]>
  /** The pre-ping: one empty round trip. */
  ping(): Promise<void>
  readonly broken: boolean
  /** Called once when the connection breaks, at work or idle; never for one that was closed or destroyed by us. */
  onBreak(listener: () => void): void
  /** Ends it at once, without a word to the server; what is in flight rejects. Never waits, never throws. */
  destroy(): void
  /** Ends it in order. Bounded in time; never rejects. */
  close(): Promise<void>
}

/** Opens a connection; rejects with a Failure. When the signal aborts it gives up at once and leaves no socket. */
export type Connect = (signal: AbortSignal) => Promise<Connection>
