import { type Lint, servers, setting, settingPath } from './lint.ts'

export const noConnectLimit: Lint = {
  id: 'no-connect-limit',
  severity: 'warning',
  look(plan) {
    return servers(plan)
      .filter((node) => setting(node, 'DB_CONNECT_TIMEOUT_MS') === null)
      .map((node) => ({
        path: settingPath(node, 'DB_CONNECT_TIMEOUT_MS'),
        why: 'connecting to the database has no time limit: after a black hole the pool can stay wedged for good',
      }))
  },
}
