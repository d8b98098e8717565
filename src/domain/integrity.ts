import type { DatabaseState, IntegrityReport } from './backup.ts'

/** Tables that have to be there, and of some, or of all, what they hold. */
export type Expected = Pick<DatabaseState, 'names' | 'tables'>

/** Pure: a restored database held against what is expected. A table that nobody expected is no harm. */
export function compareIntegrity(expected: Expected, actual: DatabaseState): IntegrityReport {
  const there = new Set(actual.names)
  const found = new Map(actual.tables.map((table) => [table.name, table]))
  const { newestRowAgeS, sequencesBehind, constraintsInvalid, indexesInvalid } = actual
  return {
    tablesExpected: expected.names.length,
    tablesMissing: expected.names.filter((name) => !there.has(name)),
    tablesExtra: actual.names.filter((name) => !expected.names.includes(name)),
    tablesDifferent: expected.tables.flatMap(({ name, rows, checksum }) => {
      const is = found.get(name)
      if (!there.has(name) || (is?.rows === rows && is.checksum === checksum)) return []
      return [{ name, expectedRows: rows, rows: is?.rows ?? null }]
    }),
    newestRowAgeS,
    sequencesBehind,
    constraintsInvalid,
    indexesInvalid,
  }
}

/** Rows that are expected are all there, and are what they were; a missing table has lost its rows. */
export function rowsMatch({ tablesMissing, tablesDifferent }: IntegrityReport): boolean {
  return tablesMissing.length === 0 && tablesDifferent.length === 0
}

/** Nothing is wrong with it but, perhaps, its age. */
export function isWhole(report: IntegrityReport): boolean {
  const { sequencesBehind, constraintsInvalid, indexesInvalid } = report
  return rowsMatch(report) && [sequencesBehind, constraintsInvalid, indexesInvalid].every(({ length }) => length === 0)
}
