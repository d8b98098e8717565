import type { Lint } from './lint.ts'

/** A balancer of one's own asks and waits in its own time: what is measured here is Squall's. */
export const ownBalancer: Lint = {
  id: 'own-balancer',
  severity: 'info',
  look(plan) {
    return Object.values(plan.stack.nodes).flatMap(({ id, instances }) => {
      if (instances === 1) return []
      const why =
        "Squall's own balancer leads users to the instances, and away from one that has been out for about a second: how " +
        'long yours takes for that is not measured'
      return [{ path: `stack.nodes.${id}.instances`, why }]
    })
  },
}
