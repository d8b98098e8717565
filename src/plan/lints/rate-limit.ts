import { usersPeak } from '../../domain/plan.ts'
import { formatDurationMs } from '../quantity.ts'
import { callsPerSPeak, type Lint, servers, setting, settingPath } from './lint.ts'

/** In all, and per client: the limits that the customer-success system was promised, 1,000 and 100 a minute. */
const settings = [
  ['RATE_LIMIT_PER_MINUTE', 'in all'],
  ['RATE_LIMIT_CLIENT_PER_MINUTE', 'a client'],
] as const

export const rateLimit: Lint = {
  id: 'rate-limit',
  severity: 'warning',
  look(plan) {
    const pace = formatDurationMs(plan.load.paceMs)
    const users = usersPeak(plan)
    const offered = { 'in all': callsPerSPeak(plan) * 60, 'a client': 60_000 / plan.load.paceMs }
    return servers(plan).flatMap((node) =>
      settings.flatMap(([name, scope]) => {
        const limit = setting(node, name)
        // Each instance counts by itself the calls that come to it; a user's all come to one.
        const instances = scope === 'in all' ? node.instances : 1
        if (limit === null || offered[scope] <= limit * instances) return []
        const refused = Math.round((1 - (limit * instances) / offered[scope]) * 100)
        const who =
          scope === 'in all' ? `${users} users with a call every ${pace} each` : `a user with a call every ${pace}`
        const why =
          `${who} make ${Math.round(offered[scope])} calls a minute, the limit is ${limit} ${scope}${instances === 1 ? '' : ` at each of ${instances} instances`}: ` +
          `about ${refused} % would be answered 429`
        return [{ path: settingPath(node, name), why }]
      }),
    )
  },
}
