import { type Lint, servers, setting, settingPath } from './lint.ts'

export const noQueryLimit: Lint = {
  id: 'no-query-limit',
  severity: 'warning',
  look(plan) {
    return servers(plan)
      .filter((node) => setting(node, 'QUERY_TIMEOUT_MS') === null)
      .map((node) => {
        const tool = setting(node, 'TOOL_TIMEOUT_MS') === null ? ', and neither has the tool' : ''
        const why = `a query has no time limit${tool}: one that never ends keeps its connection out of the pool`
        return { path: settingPath(node, 'QUERY_TIMEOUT_MS'), why }
      })
  },
}
