import type { DatabaseState, LiveState } from '../domain/backup.ts'
import { compareIntegrity } from '../domain/integrity.ts'

/** What the ledger itself writes. */
const ledgerSchema = 'squall_ledger.'

/** What the load leaves alone can be held against what it was; null: nobody knows what it writes. */
export type Written = readonly string[] | null

/** Its rows are to be what they were: whoever reads no others need not wait for the large tables that a load fills. */
export function isLeftAlone(table: string, written: Written): boolean {
  return written !== null && !written.includes(table) && !table.startsWith(ledgerSchema)
}

/**
 * Pure: the `integrity` row of the timeline. Tables that the load writes are looked for, and not into. `before` null: nobody
 * looked then.
 */
export function integrityRow(before: DatabaseState | null, after: LiveState, written: Written): object {
  const tables = before?.tables.filter(({ name }) => isLeftAlone(name, written)) ?? []
  const report = compareIntegrity({ names: before?.names ?? [], tables }, after)
  const { tablesMissing, tablesDifferent, sequencesBehind, constraintsInvalid, indexesInvalid } = report
  return {
    tablesWritten: written,
    tablesCompared: before === null || written === null ? null : tables.length,
    tablesMissing,
    tablesDifferent,
    sequencesBehind,
    constraintsInvalid,
    indexesInvalid,
    indexesCheckedBy: after.indexesCheckedBy,
  }
}
