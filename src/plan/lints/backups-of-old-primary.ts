import type { Plan, PlannedFault } from '../../domain/plan.ts'
import type { Lint } from './lint.ts'

/** Backups are taken of the node that has them in the plan; after a fail-over another one takes writes. */
export const backupsOfOldPrimary: Lint = {
  id: 'backups-of-old-primary',
  severity: 'warning',
  look(plan, { faults }) {
    return plan.faults.flatMap(({ id, fault, on, startMs }) => {
      if (faults.get(fault)?.needsBackups === undefined) return []
      const before = plan.faults.find(
        (other) => other.id !== id && other.startMs <= startMs && handsOver(plan, other, on),
      )
      if (before === undefined) return []
      const why =
        `${id} needs ${on} to take writes, and after ${before.id} another database may: it could not act then. The archive ` +
        'goes on at the new primary; to restore from it, take another plan, or put this fault first'
      return [{ path: `faults.${id}.start`, why }]
    })
  },
}

/** It decides itself who takes over, or the plan's supervisor looks at what it does to the primary. */
function handsOver({ stack }: Plan, { on, with: { decide } }: PlannedFault, primary: string): boolean {
  const promotes = typeof stack.supervisor?.promoteAfterMs === 'number'
  return on === primary && (decide !== undefined || promotes)
}
