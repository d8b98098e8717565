import { formatDurationMs } from '../quantity.ts'
import type { Lint } from './lint.ts'

export const recoveryCutShort: Lint = {
  id: 'recovery-cut-short',
  severity: 'warning',
  look(plan) {
    // When one that waits begins is not known.
    const faults = plan.faults.filter(({ after }) => after === undefined)
    return faults.flatMap((fault) => {
      const healMs = fault.startMs + fault.forMs
      const endMs = healMs + fault.recoveryMs
      const next = faults.find(({ id, startMs }) => id !== fault.id && startMs >= fault.startMs && startMs < endMs)
      if (next === undefined) return []
      const left = next.startMs - healMs
      const why =
        left > 0
          ? `${next.id} starts ${formatDurationMs(left)} after ${fault.id} ends, within its recovery of ` +
            `${formatDurationMs(fault.recoveryMs)}: what is measured there is the work of both`
          : `${next.id} starts before ${fault.id} ends: neither one's effect can be told from the other's`
      return [{ path: `faults.${next.id}.start`, why }]
    })
  },
}
