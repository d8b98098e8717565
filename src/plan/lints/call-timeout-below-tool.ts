import { formatDurationMs } from '../quantity.ts'
import { type Lint, servers, setting } from './lint.ts'

export const callTimeoutBelowTool: Lint = {
  id: 'call-timeout-below-tool',
  severity: 'warning',
  look(plan) {
    const { callTimeoutMs } = plan.load
    return servers(plan).flatMap((node) => {
      const toolMs = setting(node, 'TOOL_TIMEOUT_MS')
      if (toolMs === null || toolMs < callTimeoutMs) return []
      const why =
        `users give up after ${formatDurationMs(callTimeoutMs)}, before the tool's own limit of ${formatDurationMs(toolMs)}: ` +
        'they never hear what it waited for, and its limit is never seen to work'
      return [{ path: 'load.call_timeout', why }]
    })
  },
}
