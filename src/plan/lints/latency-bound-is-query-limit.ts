import { type Lint, maxMs, servers, setting } from './lint.ts'

export const latencyBoundIsQueryLimit: Lint = {
  id: 'latency-bound-is-query-limit',
  severity: 'info',
  look(plan) {
    const limitsMs = new Set(servers(plan).map((node) => setting(node, 'QUERY_TIMEOUT_MS')))
    const equal = plan.objectives.filter((objective) => {
      const boundMs = maxMs(objective)
      return objective.measure.startsWith('tool.latency.') && boundMs !== null && limitsMs.has(boundMs)
    })
    const [first] = equal
    if (first === undefined) return []
    const quantile = first.measure.split('.').at(-1)
    const why =
      `${quantile} > ${first.boundText} with a query limit of the same length cannot tell a slow system from a stopped one ` +
      `(${equal.map(({ id }) => id).join(', ')}): judge the error ratio of the same windows too`
    return [{ path: `objectives.${first.id}.max`, why }]
  },
}
