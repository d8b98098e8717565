import type { Objective, Plan } from '../../domain/plan.ts'
import { type Lint, maxMs, servers, setting } from './lint.ts'

export const latencyBoundIsQueryLimit: Lint = {
  id: 'latency-bound-is-query-limit',
  severity: 'info',
  look(plan) {
    const limitsMs = new Set(servers(plan).map((node) => setting(node, 'QUERY_TIMEOUT_MS')))
    const equal = plan.objectives.filter((objective) => {
      const boundMs = maxMs(objective)
      const isEqual = objective.measure.startsWith('tool.latency.') && boundMs !== null && limitsMs.has(boundMs)
      return isEqual && !judgesErrors(plan, objective)
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

/** Of all tools, or of the same one, in the same window. */
function judgesErrors({ objectives }: Plan, { during, where }: Objective): boolean {
  return objectives.some((other) => {
    const isSame = other.where === null || other.where.tool === where?.tool
    return other.judged && other.measure === 'tool.error_ratio' && other.during === during && isSame
  })
}
