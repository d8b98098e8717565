import { formatDurationMs } from '../quantity.ts'
import { judges, type Lint, maxMs } from './lint.ts'

export const rpoBeyondRun: Lint = {
  id: 'rpo-beyond-run',
  severity: 'info',
  look(plan) {
    if (judges(plan, 'data.rpo_worst_case')) return []
    const runMs = plan.load.phases.at(-1)?.endMs ?? 0
    return plan.objectives.flatMap((objective) => {
      const boundMs = maxMs(objective)
      if (!objective.judged || objective.measure !== 'data.rpo' || boundMs === null || boundMs < runMs) return []
      const why =
        `a run of ${formatDurationMs(runMs)} cannot lose ${objective.boundText} of writes, so that this bound cannot be missed: ` +
        'judge data.rpo_worst_case beside it, which goes by the schedule of archive and backups'
      return [{ path: `objectives.${objective.id}.max`, why }]
    })
  },
}
