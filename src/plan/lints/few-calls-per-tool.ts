import type { Catalogue } from '../../domain/catalogue.ts'
import type { Objective, Plan } from '../../domain/plan.ts'
import type { Lint } from './lint.ts'

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
      const seconds = windowSeconds(plan, objective.during)
      if (rarest === null || seconds === null) return []
      const calls = Math.floor(rarest.share * seconds.userSeconds * (1_000 / plan.load.paceMs))
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
  const tools = catalogue.workloads.get(plan.load.workload)?.tools ?? null
  if (tools === null) return null
  const changed = plan.load.with.tools as Readonly<Record<string, { readonly weight: number }>> | undefined
  const weights = [...tools].map(([tool, own]) => ({ tool, weight: changed?.[tool]?.weight ?? own }))
  const total = weights.reduce((sum, { weight }) => sum + weight, 0)
  const rarest = weights
    .filter(({ tool, weight }) => weight > 0 && (wanted === '*' || wanted === tool))
    .sort((a, b) => a.weight - b.weight)[0]
  return rarest === undefined ? null : { tool: rarest.tool, share: rarest.weight / total }
}

/** Users times seconds of a window, as planned: a clear window is its phase less its faults and their recoveries. */
function windowSeconds(plan: Plan, window: string): { readonly userSeconds: number } | null {
  const fault = plan.faults.find(({ id }) => window === id || window === `${id}.recovery`)
  if (fault !== undefined) {
    const healMs = fault.startMs + fault.forMs
    if (window === fault.id) return { userSeconds: userSeconds(plan, fault.startMs, healMs) }
    return { userSeconds: userSeconds(plan, healMs, healMs + fault.recoveryMs) }
  }
  const phases = plan.load.phases.filter(({ id }) => window === 'run' || window === id || window === `${id}.clear`)
  const [first] = phases
  const last = phases.at(-1)
  if (first === undefined || last === undefined) return null
  const whole = userSeconds(plan, first.startMs, last.endMs)
  if (!window.endsWith('.clear')) return { userSeconds: whole }
  const harmed = plan.faults
    .map(({ startMs, forMs, recoveryMs }) => {
      return userSeconds(plan, Math.max(first.startMs, startMs), Math.min(last.endMs, startMs + forMs + recoveryMs))
    })
    .reduce((sum, each) => sum + each, 0)
  return { userSeconds: Math.max(0, whole - harmed) }
}

/** The area below the users' curve between two times. */
function userSeconds(plan: Plan, fromMs: number, toMs: number): number {
  const areas = plan.load.phases.map(({ startMs, endMs, usersFrom, usersTo }) => {
    const from = Math.max(fromMs, startMs)
    const to = Math.min(toMs, endMs)
    if (to <= from) return 0
    const users = (atMs: number) => usersFrom + ((usersTo - usersFrom) * (atMs - startMs)) / (endMs - startMs)
    return ((users(from) + users(to)) / 2) * ((to - from) / 1_000)
  })
  return areas.reduce((sum, area) => sum + area, 0)
}
