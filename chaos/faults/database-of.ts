import type { DatabaseControl, NodeControl } from '../../src/domain/node-control.ts'

/** A plan that was checked lets faults with the role postgres act on databases alone. */
export function databaseOf(node: NodeControl): DatabaseControl {
  if (node.database === null) throw new TypeError(`${node.id} is no database`)
  return node.database
}

/** `table` or `schema.table` as SQL; the plan's check lets letters, digits, _ and one dot through. */
export function quoted(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
}

/** Sessions that a fault holds, in pg_stat_activity (src/stack/database-control.ts names them). */
export const heldSessions = "application_name like 'squall fault %'"
