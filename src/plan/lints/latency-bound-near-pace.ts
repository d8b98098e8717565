import { formatDurationMs } from '../quantity.ts'
import { type Lint, maxMs } from './lint.ts'

/** From half the pace a user's call often delays its next one; beyond twice the pace slots go unsent in any case. */
const nearFrom = 0.5
const nearTo = 2

export const latencyBoundNearPace: Lint = {
  id: 'latency-bound-near-pace',
  severity: 'info',
  look({ load, objectives }) {
    const near = objectives.filter((objective) => {
      const boundMs = maxMs(objective)
      if (!objective.judged || boundMs === null || !objective.measure.startsWith('tool.latency.')) return false
      return boundMs >= load.paceMs * nearFrom && boundMs <= load.paceMs * nearTo
    })
    if (near.length === 0) return []
    const pace = formatDurationMs(load.paceMs)
    const bounds = [...new Set(near.map(({ boundText }) => boundText))].join(', ')
    const why =
      `a bound of ${bounds} is near the pace of ${pace} (${near.map(({ id }) => id).join(', ')}): a user whose call ` +
      'takes that long is late for its next one, so a miss may tell of overload as well as of slowness'
    return [{ path: 'load.pace', why }]
  },
}
