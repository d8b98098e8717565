import { formatDurationMs } from '../quantity.ts'
import { type Lint, servers, setting, settingPath } from './lint.ts'

export const acquireOutlivesTool: Lint = {
  id: 'acquire-outlives-tool',
  severity: 'warning',
  look(plan) {
    return servers(plan).flatMap((node) => {
      const acquireMs = setting(node, 'POOL_ACQUIRE_TIMEOUT_MS')
      const toolMs = setting(node, 'TOOL_TIMEOUT_MS')
      if (acquireMs === null || toolMs === null || acquireMs <= toolMs) return []
      const why =
        `a caller may wait ${formatDurationMs(acquireMs)} for a connection, but its tool gives up after ` +
        `${formatDurationMs(toolMs)}: an exhausted pool will show as tool time-outs, never as the pool's own error`
      return [{ path: settingPath(node, 'POOL_ACQUIRE_TIMEOUT_MS'), why }]
    })
  },
}
