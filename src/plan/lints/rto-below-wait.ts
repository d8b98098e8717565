import type { Catalogue } from '../../domain/catalogue.ts'
import type { Plan, PlannedFault } from '../../domain/plan.ts'
import { formatDurationMs } from '../quantity.ts'
import { type Lint, maxMs } from './lint.ts'

/** As an alert with `for: 5m` cannot meet a target of seconds: whoever waits longer than the bound misses it. */
export const rtoBelowWait: Lint = {
  id: 'rto-below-wait',
  severity: 'warning',
  look(plan, catalogue) {
    return plan.objectives.flatMap((objective) => {
      const fault = plan.faults.find(({ id }) => id === objective.during)
      const boundMs = maxMs(objective)
      if (!/^recovery\.(rto_|at_database)/.test(objective.measure) || fault === undefined || boundMs === null) return []
      const waitMs = promotionWaitMs(plan, fault, catalogue)
      if (waitMs === null || waitMs < boundMs) return []
      const why =
        `a replica is promoted ${formatDurationMs(waitMs)} after the harm at the earliest: a bound of ${objective.boundText} ` +
        'cannot be met, however fast the system is'
      return [{ path: `objectives.${objective.id}.max`, why }]
    })
  },
}

/** null: nothing is promoted because of this fault, or a person decides when. */
function promotionWaitMs({ stack, drill }: Plan, { fault, with: { decide, by } }: PlannedFault, catalogue: Catalogue) {
  if (catalogue.faults.get(fault)?.parameters.decide === undefined || drill?.mode === 'manual') return null
  if (by === 'supervisor') return stack.supervisor?.promoteAfterMs ?? null
  return typeof decide === 'number' ? decide : null
}
