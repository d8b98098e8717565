import type { LedgerEntry } from './generated-run.ts'

/** What becomes of an update, and of what its row holds. */
export interface Change {
  /** When it is sent; its end comes 1 ms later, ms. */
  readonly atMs: number
  readonly register: number
  readonly op: string
  /** What its writer had read. */
  readonly after: string | null
  readonly outcome?: 'ok' | 'failed' | 'unknown'
}

/** What a replica showed, ms. */
export interface Look {
  readonly atMs: number
  readonly node?: string
  readonly seen: readonly (readonly [register: number, op: string | null])[]
}

export interface RegistersShape {
  readonly changes: readonly Change[]
  /** By register, in the order of the row; null: nobody looked afterwards. */
  readonly held: Readonly<Record<number, readonly string[]>> | null
  readonly looks?: readonly Look[]
}

/** The ledger's rows of updates, read at 63 s from the node `replica` on timeline 2. */
export function registersOf({ changes, held, looks = [] }: RegistersShape): LedgerEntry[] {
  const rows: LedgerEntry[] = []
  for (const { atMs, register, op, after, outcome = 'ok' } of changes) {
    rows.push([atMs * 1_000, 'invoke', 'update', op, { intended: atMs * 1_000 }])
    rows.push([(atMs + 1) * 1_000, 'complete', 'update', op, { outcome, register, after }])
  }
  for (const { atMs, node = 'replica', seen } of looks)
    rows.push([(atMs + 1) * 1_000, 'seen', 'update', null, { node, sent: atMs * 1_000, seen }])
  rows.sort((a, b) => a[0] - b[0])
  if (held === null) return rows
  const found = Object.entries(held).flatMap(([register, ops]) =>
    ops.map((op, index): LedgerEntry => {
      const data = { copies: 1, register: Number(register), at: index + 1 }
      return [63_000_000, 'present', 'update', op, data]
    }),
  )
  return [
    ...rows,
    ...found,
    [63_000_001, 'read', 'update', null, { found: found.length, node: 'replica', timeline: 2 }],
  ]
}

/** Updates of one register, each made on the one before: u0, u1, … every `everyMs`, until `toMs`. */
export function chainOf(everyMs: number, toMs: number): { readonly changes: Change[]; readonly ops: string[] } {
  const ops = Array.from({ length: Math.ceil(toMs / everyMs) }, (_, turn) => `u${turn}`)
  const changes = ops.map((op, at) => ({ atMs: at * everyMs, register: 0, op, after: ops[at - 1] ?? null }))
  return { changes, ops }
}
