import type { Objective, Plan, PlannedFault } from '../../domain/plan.ts'
import type { Lint } from './lint.ts'
import { userSeconds } from './user-seconds.ts'

const quantiles: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 }

/** Over a whole run every call of one window may fail, and a percentile of all is still within its bound. */
export const boundHidesFault: Lint = {
  id: 'bound-hides-fault',
  severity: 'warning',
  look(plan) {
    return plan.objectives.flatMap((objective) => {
      const stretch = stretchOf(plan, objective.during)
      const room = failuresAllowed(objective)
      if (!objective.judged || stretch === null || room === null) return []
      const all = userSeconds(plan, stretch.startMs, stretch.endMs)
      const hidden = plan.faults
        .map((fault) => ({ id: fault.id, share: shareOf(plan, fault, stretch, all) }))
        .filter(({ share }) => share > 0 && share <= room)
        .sort((a, b) => b.share - a.share)[0]
      if (hidden === undefined) return []
      const why =
        `every call during ${hidden.id} could fail, which is ${percent(hidden.share)} of the calls in ${objective.during}, and ` +
        `${objective.id} would still be met (it lets ${percent(room)} fail): judge ${objective.measure} during ${hidden.id} too, and ` +
        'in .clear windows'
      return [{ path: `objectives.${objective.id}.during`, why }]
    })
  },
}

interface Stretch {
  readonly startMs: number
  readonly endMs: number
}

/** Of the whole run, or a whole phase; null: the window is of another kind. */
function stretchOf({ load }: Plan, window: string): Stretch | null {
  const phases = load.phases.filter(({ id }) => window === 'run' || window === id)
  const [first, last] = [phases[0], phases.at(-1)]
  return first === undefined || last === undefined ? null : { startMs: first.startMs, endMs: last.endMs }
}

/** The share of calls that may fail without a miss; null: the measure is not about that. */
function failuresAllowed({ measure, max, min }: Objective): number | null {
  const p = /^tool\.latency\.(p\d+)$/.exec(measure)?.[1]
  if (p !== undefined) return 1 - (quantiles[p] ?? 1)
  if (measure.startsWith('tool.error_ratio')) return max
  return measure === 'tool.good_ratio' && min !== null ? 1 - min : null
}

function shareOf(plan: Plan, { startMs, forMs }: PlannedFault, stretch: Stretch, all: number): number {
  const harmed = userSeconds(plan, Math.max(stretch.startMs, startMs), Math.min(stretch.endMs, startMs + forMs))
  return all > 0 ? harmed / all : 0
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(2))} %`
}
