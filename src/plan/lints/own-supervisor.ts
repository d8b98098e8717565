import type { Plan } from '../../domain/plan.ts'
import { formatDurationMs } from '../quantity.ts'
import type { Lint, Remark } from './lint.ts'

/** A platform of one's own decides, promotes and routes in its own time: what is measured here is Squall's. */
export const ownSupervisor: Lint = {
  id: 'own-supervisor',
  severity: 'info',
  look(plan, { faults }) {
    const ofFaults = plan.faults.flatMap(({ id, fault, with: { decide, by } }) => {
      const hasSupervisor = faults.get(fault)?.parameters.decide !== undefined && by !== 'supervisor'
      if (!hasSupervisor || typeof decide !== 'number') return []
      const why =
        `${id}: Squall's own supervisor promotes ${formatDurationMs(decide)} after the harm, and its own router is ` +
        'switched at once: how long your platform takes for that is not measured'
      return [{ path: `faults.${id}.with.decide`, why }]
    })
    return [...ofStack(plan), ...ofFaults]
  },
}

function ofStack({ stack: { supervisor }, drill }: Plan): readonly Remark[] {
  // A person decides then.
  if (drill?.mode === 'manual') return []
  const { promoteAfterMs = null, restartAfterMs = null } = supervisor ?? {}
  const acts = [
    promoteAfterMs === null ? null : `promotes after ${formatDurationMs(promoteAfterMs)}`,
    restartAfterMs === null ? null : `restarts after ${formatDurationMs(restartAfterMs)}`,
  ].filter((act) => act !== null)
  if (acts.length === 0) return []
  const why = `Squall's own supervisor ${acts.join(' and ')} without an answer: how long your platform takes is not measured`
  return [{ path: 'stack.supervisor', why }]
}
