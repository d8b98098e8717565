import { formatDurationMs } from '../quantity.ts'
import { type Lint, servers, setting, settingPath } from './lint.ts'

const fromInnermost = [
  ['QUERY_TIMEOUT_MS', 'query'],
  ['INTEGRATION_TIMEOUT_MS', 'outside call'],
  ['TOOL_TIMEOUT_MS', 'tool'],
] as const

export const timeoutsNest: Lint = {
  id: 'timeouts-nest',
  severity: 'warning',
  look(plan) {
    return servers(plan).flatMap((node) => {
      const limits = fromInnermost.flatMap(([name, what]) => {
        const ms = setting(node, name)
        return ms === null ? [] : [{ name, what, ms }]
      })
      return limits.flatMap((inner, index) => {
        const outer = limits[index + 1]
        if (outer === undefined || inner.ms < outer.ms) return []
        const why =
          `the ${inner.what} limit of ${formatDurationMs(inner.ms)} is not below the ${outer.what} limit of ` +
          `${formatDurationMs(outer.ms)}: the ${outer.what} gives up first, and cannot say what it waited for`
        return [{ path: settingPath(node, inner.name), why }]
      })
    })
  },
}
