import type { StackPlan } from '../domain/plan.ts'

/** A host that a stack is reached at, and the keys below `stack` where the plan names it. */
export interface NamedHost {
  readonly keys: readonly string[]
  readonly host: string
}

/** Every host that a run would open a connection to: of servers, databases, pages of metrics, and proxies by address. */
export function hostsOf({ nodes, links }: Pick<StackPlan, 'nodes' | 'links'>): readonly NamedHost[] {
  const ofNodes = Object.values(nodes).flatMap(({ id, url, metrics }) => [
    ...hostAt(['nodes', id, 'url'], url),
    ...hostAt(['nodes', id, 'metrics', 'url'], metrics?.url ?? null),
  ])
  const ofLinks = Object.values(links).flatMap(({ id, proxy }) =>
    proxy?.startsWith('http://') ? hostAt(['links', id, 'proxy'], proxy) : [],
  )
  return [...ofNodes, ...ofLinks]
}

function hostAt(keys: readonly string[], url: string | null): readonly NamedHost[] {
  return url === null ? [] : [{ keys, host: new URL(url).hostname }]
}
