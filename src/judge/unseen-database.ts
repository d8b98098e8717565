import type { NotAssessed } from '../domain/verdict.ts'
import type { RunView } from '../measure/run-view.ts'

/** Of a server that Squall did not start nobody knows whether a database is behind it, unless one is named. */
export function unseenDatabase({ plan }: RunView): readonly NotAssessed[] {
  const isNamed = Object.values(plan.stack.nodes).some(({ role }) => role === 'postgres')
  // What asks for the database by name is told as not assessed by that name.
  const isAsked = plan.objectives.some(({ measure }) => measure.startsWith('database.'))
  if (plan.stack.kind !== 'external' || isNamed || isAsked) return []
  const why =
    'no database is named: --database postgres://… shows how many connections are open, and whether the pool is used up'
  return [{ id: 'database.connections', measure: 'database.connections.peak', window: 'run', why }]
}
