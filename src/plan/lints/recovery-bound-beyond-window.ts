import { formatDurationMs } from '../quantity.ts'
import { type Lint, maxMs } from './lint.ts'

/** A recovery that is not over by the end of its window is only known to be "at least" so long. */
export const recoveryBoundBeyondWindow: Lint = {
  id: 'recovery-bound-beyond-window',
  severity: 'info',
  look({ objectives, faults }) {
    const beyond = objectives.flatMap((objective) => {
      const { id, measure, during, boundText } = objective
      const boundMs = maxMs(objective)
      const fault = faults.find((each) => during === `${each.id}.recovery`)
      if (measure !== 'recovery.after_heal' || fault === undefined || boundMs === null) return []
      return boundMs <= fault.recoveryMs ? [] : [{ id, boundText, recoveryMs: fault.recoveryMs }]
    })
    const [first] = beyond
    if (first === undefined) return []
    const why =
      `a recovery is watched for ${formatDurationMs(first.recoveryMs)}, less than its bound of ${first.boundText} ` +
      `(${beyond.map(({ id }) => id).join(', ')}): one that takes longer will be unknown, not a miss`
    return [{ path: `objectives.${first.id}.max`, why }]
  },
}
