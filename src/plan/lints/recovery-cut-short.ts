import type { Plan, PlannedFault } from '../../domain/plan.ts'
import { formatDurationMs } from '../quantity.ts'
import type { Lint } from './lint.ts'

/**
 * Faults that reach into one another. In a drill they are one harm by intent: what of them is judged is the recovery from
 * all, and only a recovery that the next one cuts short is worth a word.
 */
export const recoveryCutShort: Lint = {
  id: 'recovery-cut-short',
  severity: 'warning',
  look(plan) {
    // When one that waits begins is not known.
    const faults = plan.faults.filter(({ after }) => after === undefined).toSorted((a, b) => a.startMs - b.startMs)
    return faults.flatMap((fault, place) => {
      const healMs = fault.startMs + fault.forMs
      const next = faults.slice(place + 1).find(({ startMs }) => startMs < healMs + fault.recoveryMs)
      if (next === undefined) return []
      const left = next.startMs - healMs
      if (left < 0 && (plan.drill !== null || !isJudged(plan, fault, next))) return []
      const why =
        left >= 0
          ? `${next.id} starts ${formatDurationMs(left)} after ${fault.id} ends, within its recovery of ` +
            `${formatDurationMs(fault.recoveryMs)}: what is measured there is the work of both`
          : `${next.id} starts before ${fault.id} ends: neither one's effect can be told from the other's`
      return [{ path: `faults.${next.id}.start`, why }]
    })
  },
}

/** Whether anything that counts rests on what one of them did. */
function isJudged({ objectives }: Plan, ...faults: readonly PlannedFault[]): boolean {
  const windows = new Set(faults.flatMap(({ id }) => [id, `${id}.recovery`]))
  return objectives.some(({ judged, during }) => judged && windows.has(during))
}
