import type { Catalogue } from '../../domain/catalogue.ts'
import type { Objective, Plan } from '../../domain/plan.ts'
import { callsKey } from '../../domain/words.ts'
import { callsOf } from '../calls.ts'
import type { Lint } from './lint.ts'
import { windowSeconds } from './user-seconds.ts'

/** Order statistics need so many values for a 95 % interval of the quantile. */
const callsForQuantile: Readonly<Record<string, number>> = { p50: 5, p95: 59, p99: 299 }

export const fewCallsPerTool: Lint = {
  id: 'few-calls-per-tool',
  severity: 'warning',
  look(plan, catalogue) {
    return plan.objectives.flatMap((objective) => {
      const tool = objective.where?.tool
      if (!objective.judged || tool === undefined) return []
      const rarest = rarestShare(plan, catalogue, tool)
      const userSeconds = windowSeconds(plan, objective.during)
      if (rarest === null || userSeconds === null) return []
      const calls = Math.floor(rarest.share * userSeconds * (1_000 / plan.load.paceMs))
      const needed = callsNeeded(objective)
      if (calls >= needed) return []
      const why =
        `${rarest.tool} gets about ${calls} calls in ${objective.during}, and ${objective.measure} ` +
        `needs ${needed} to be judged: its verdict will be unknown; say judged: false, or weigh the tool higher`
      return [{ path: `objectives.${objective.id}.where`, why }]
    })
  },
}

/** With no error in n calls the ratio may still be 3/n (95 %): so that a bound needs n of 3/bound. */
function callsNeeded({ measure, max, min }: Objective): number {
  const quantile = callsForQuantile[measure.split('.').at(-1) ?? '']
  if (quantile !== undefined) return quantile
  if (!/ratio/.test(measure)) return 1
  const room = max ?? 1 - (min ?? 0)
  return room > 0 ? Math.ceil(3 / room) : 1
}

function rarestShare(plan: Plan, catalogue: Catalogue, wanted: string) {
  const workload = catalogue.workloads.get(plan.load.workload)
  const changed = plan.load.with[callsKey[workload?.protocol ?? 'mcp']] as
    | Readonly<Record<string, { readonly weight: number }>>
    | undefined
  // A workload without tools of its own has those of the plan.
  const own = Object.entries(changed ?? {}).map(([tool, { weight }]) => [tool, weight] as const)
  const tools = callsOf(workload, plan.load.with) ?? own
  const weights = [...tools].map(([tool, own]) => ({ tool, weight: changed?.[tool]?.weight ?? own }))
  const total = weights.reduce((sum, { weight }) => sum + weight, 0)
  const rarest = weights
    .filter(({ tool, weight }) => weight > 0 && (wanted === '*' || wanted === tool))
    .sort((a, b) => a.weight - b.weight)[0]
  return rarest === undefined ? null : { tool: rarest.tool, share: rarest.weight / total }
}
