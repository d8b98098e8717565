import { reservedConnections } from '../limits.ts'
import { connectionsOf, type Lint, servers } from './lint.ts'

/** Fewer between the bound and the last free slot are gone before anybody has read the alert. */
const warningMin = 5

export const connectionsBoundNearSlots: Lint = {
  id: 'connections-bound-near-slots',
  severity: 'warning',
  look(plan) {
    const primary = Object.values(plan.stack.nodes).find(({ role, follows }) => role === 'postgres' && follows === null)
    const slots = (primary?.maxConnections ?? Number.POSITIVE_INFINITY) - reservedConnections
    const wanted = servers(plan).reduce((sum, node) => sum + connectionsOf(node), 0)
    return plan.objectives.flatMap(({ id, measure, max }) => {
      const isNear = max !== null && slots - max < warningMin && wanted > max
      if (measure !== 'database.connections.peak' || !isNear) return []
      const said =
        max >= slots
          ? `a bound of ${max} connections cannot be missed: with ${slots} slots for ordinary users the next one is refused`
          : `a bound of ${max} connections leaves ${slots - max} of ${slots} slots between its miss and refused connections`
      const why = `${said} (SQLSTATE 53300; max_connections ${primary?.maxConnections} less ${reservedConnections} reserved)`
      return [{ path: `objectives.${id}.max`, why }]
    })
  },
}
