import type { LedgerVia } from '../../domain/plan.ts'
import type { LedgerEntry } from './generated-run.ts'

/** What becomes of the write that is due at `ms`. */
export interface Fate {
  readonly outcome: 'ok' | 'failed' | 'unknown' | 'unsent'
  /** From when it was due to its end. */
  readonly tookMs?: number
  /** Found so often afterwards; absent: once if it is ok. */
  readonly copies?: number
}

export interface LedgerShape {
  readonly via?: LedgerVia
  readonly everyMs: number
  readonly toMs: number
  readonly fateOf: (ms: number) => Fate
  /** Found besides, and never sent. */
  readonly strangers?: readonly string[]
  /** false: nobody looked afterwards. */
  readonly isRead?: boolean
}

/** A ledger from 0 on, one write each `everyMs`, named s0, s1, …; read at 63 s from the node `replica` on timeline 2. */
export function ledgerOf({
  via = 'sql',
  everyMs,
  toMs,
  fateOf,
  strangers = [],
  isRead = true,
}: LedgerShape): LedgerEntry[] {
  const rows: LedgerEntry[] = []
  const found: (readonly [string, number])[] = strangers.map((op) => [op, 1])
  for (let ms = 0, turn = 0; ms < toMs; ms += everyMs, turn += 1) {
    const op = `${via[0]}${turn}`
    const { outcome, tookMs = 1, copies = outcome === 'ok' ? 1 : 0 } = fateOf(ms)
    const intended = ms * 1_000
    rows.push([intended, outcome === 'unsent' ? 'unsent' : 'invoke', via, op, { intended }])
    if (outcome !== 'unsent') rows.push([intended + tookMs * 1_000, 'complete', via, op, { outcome }])
    if (copies > 0) found.push([op, copies])
  }
  rows.sort((a, b) => a[0] - b[0])
  if (!isRead) return rows
  for (const [op, copies] of found) rows.push([63_000_000, 'present', via, op, { copies }])
  rows.push([63_000_001, 'read', via, null, { found: found.length, node: 'replica', timeline: 2 }])
  return rows
}
