import { reservedConnections } from '../limits.ts'
import { connectionsOf, type Lint, servers, setting } from './lint.ts'

export const poolExceedsSlots: Lint = {
  id: 'pool-exceeds-slots',
  severity: 'warning',
  look(plan) {
    const pooled = servers(plan)
    const wanted = pooled.reduce((sum, node) => sum + connectionsOf(node), 0)
    const sizes = pooled.map((node) => {
      const pool = `${setting(node, 'POOL_SIZE') ?? 0} + ${setting(node, 'POOL_MAX_OVERFLOW') ?? 0}`
      return node.instances === 1 ? pool : `${node.instances} x (${pool})`
    })
    return Object.values(plan.stack.nodes).flatMap((node) => {
      const slots = (node.maxConnections ?? Number.POSITIVE_INFINITY) - reservedConnections
      if (node.role !== 'postgres' || wanted <= slots) return []
      const why =
        `the pool may open ${sizes.join(' + ')} = ${wanted} connections, the database has ${slots} for it ` +
        `(max_connections ${node.maxConnections} less ${reservedConnections} reserved): the last ${wanted - slots} ` +
        'would be refused with SQLSTATE 53300'
      return [{ path: `stack.nodes.${node.id}.max_connections`, why }]
    })
  },
}
