import { formatDurationMs } from '../quantity.ts'
import { type Lint, maxMs } from './lint.ts'

export const boundBeyondCallTimeout: Lint = {
  id: 'bound-beyond-call-timeout',
  severity: 'warning',
  look({ load, objectives }) {
    return objectives.flatMap((objective) => {
      const { id, measure, boundText } = objective
      const boundMs = maxMs(objective)
      const isTime = /^tool\.(latency|service_time)\./.test(measure)
      if (!isTime || boundMs === null || boundMs < load.callTimeoutMs) return []
      const limit = formatDurationMs(load.callTimeoutMs)
      const why = `no call is waited for longer than ${limit}, so that a bound of ${boundText} cannot be measured`
      return [{ path: `objectives.${id}.max`, why }]
    })
  },
}
