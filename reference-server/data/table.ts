import type { Draw } from './draw.ts'

export interface Column {
  readonly name: string
  readonly type: string
  /** SQL expression over the row's `id` (1..rows) that gives the seeded value. */
  readonly value: string
}

export interface Table {
  readonly name: string
  readonly rows: number
  columns(draw: Draw): readonly Column[]
  /** Secondary indexes, each as what stands between the brackets of CREATE INDEX; the primary key is not among them. */
  readonly indexes: readonly string[]
  /** Column → table it refers to, by that table's id. */
  readonly references: Readonly<Record<string, string>>
}

export function column(name: string, type: string, value: string): Column {
  return { name, type, value }
}

/** Optimistic locking: every writer names the version that it read. */
export const versionColumn = column('version', 'integer not null default 1', '1')

export const customerCount = 10_000

/** The customer of a row in a table with the same number of rows for each customer. */
export const customerInTurn = `((id - 1) % ${customerCount} + 1)`
