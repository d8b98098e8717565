import { formatDurationMs } from '../quantity.ts'
import type { Lint } from './lint.ts'

/** A platform of one's own decides, promotes and routes in its own time: what is measured here is Squall's. */
export const ownSupervisor: Lint = {
  id: 'own-supervisor',
  severity: 'info',
  look(plan, { faults }) {
    return plan.faults.flatMap(({ id, fault, with: { decide } }) => {
      if (faults.get(fault)?.parameters.decide === undefined || typeof decide !== 'number') return []
      const why =
        `${id}: Squall's own supervisor promotes ${formatDurationMs(decide)} after the harm, and its own router is ` +
        'switched at once: how long your platform takes for that is not measured'
      return [{ path: `faults.${id}.with.decide`, why }]
    })
  },
}
