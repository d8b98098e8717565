import type { NodeSpec, OwnSessions } from '../domain/plan.ts'
import type { DatabaseRow } from '../record/reader-rows.ts'
import type { RunView } from './run-view.ts'

/** The pool is told by nobody, and a database is looked at. */
export function isDerived(view: RunView): boolean {
  return view.plan.observe.pool === null && databaseOf(view) !== null
}

export function databaseOf({ plan }: RunView): NodeSpec | null {
  return Object.values(plan.stack.nodes).find(({ role, follows }) => role === 'postgres' && follows === null) ?? null
}

export function ownSessions(view: RunView): OwnSessions | null {
  return databaseOf(view)?.own ?? null
}

/** How many connections the server's pools may open together, as the plan says; null: it does not. */
export function poolMaxOfPlan(view: RunView): number | null {
  return ownSessions(view)?.max ?? null
}

/** A look at the sessions at the database that saw what they do. */
export type LookAtUse = DatabaseRow & { readonly connections: number; readonly idleMs: readonly number[] }

/** Of a look at the sessions at the database: it saw what they do. Of what only some of them do nothing can be derived. */
export function tellsUse(row: DatabaseRow): row is LookAtUse {
  return row.error === null && row.connections !== null && row.idleMs !== null
}

/** Of what a derived pool is told, for a measurement's method. */
export function derivedMethod(view: RunView): string {
  return `derived from the database's ${ownText(view)}`
}

/** Whose sessions count, for a measurement's method. */
export function ownText(view: RunView): string {
  const own = ownSessions(view)
  const by = [
    ...(own?.applications.length ? [`application ${own.applications.join(', ')}`] : []),
    ...(own?.users.length ? [`user ${own.users.join(', ')}`] : []),
    ...(own?.addresses.length ? [`address ${own.addresses.join(', ')}`] : []),
  ]
  return `sessions of ${by.length === 0 ? "all but Squall's own" : by.join(' and ')}`
}

/** Why nothing can be derived, or null; asked of a run whose pool nobody tells of. */
export function derivedLacks(view: RunView): string | null {
  const database = databaseOf(view)
  const answered = (view.folder.database?.rows ?? []).filter((row) => row.error === null)
  if (database === null || answered.length === 0) return null
  if (answered.some((row) => row.idleMs !== null)) return null
  return answered.some((row) => (row.hidden ?? 0) > 0)
    ? `the login at ${database.id} may not see what the server's sessions do: grant pg_monitor to it`
    : `${database.id} does not tell how long its sessions have been idle (track_activities is to be on), and nobody tells of the pool: ${metricsLine(view)}`
}

/** The line that would make a measure assessable of which the sessions at the database tell nothing. */
export function metricsLine(view: RunView): string {
  const server = Object.values(view.plan.stack.nodes).find(({ role }) => role === 'mcp')?.id ?? 'server'
  return `observe.pool with stack.nodes.${server}.metrics: {path: /metrics, mapping: …} (squall list mappings)`
}
