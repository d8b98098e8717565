import { isAllowedHost, isLoopbackHost } from '../domain/allowed-hosts.ts'
import type { StackPlan } from '../domain/plan.ts'
import type { NotAssessed } from '../domain/verdict.ts'
import { hostsOf } from './addresses.ts'
import { besideServer, lookAt } from './aim-database.ts'
import { growAt } from './grow.ts'
import { textOf } from './known.ts'
import type { Overrides } from './overrides.ts'
import type { Problems } from './problems.ts'
import { serverUrl } from './sections/external.ts'
import { child, idOf, showTree, type Tree } from './tree.ts'

/** A plan that was turned at another server, and what of it cannot be asked there. */
export interface Aimed {
  readonly tree: Tree
  readonly leftOut: readonly NotAssessed[]
}

type Target = Pick<Overrides, 'allowHosts' | 'database' | 'proxy'> & { readonly target: string }

const { scalar, texts, list, map, withOwn } = growAt({ file: '--target', line: null })
const noFaults =
  'no fault acts on a server that Squall did not start: name its command in stack.nodes.server.command, and leave out --target'

const noProxy =
  'no proxy leads to the database: squall proxy --upstream, then point the server at it, and faults act on its way'

/**
 * `--target URL`: the plan's load and objectives on the server at that address. What the plan starts, harms and samples
 * is taken out; objectives about its faults are left out, with the reason. All others stay: what nobody can measure there
 * is told when the run is judged.
 */
export function aimAt(tree: Tree, { target, allowHosts, database, proxy }: Target, problems: Problems): Aimed {
  const url = serverUrl({ tree: scalar(target), path: 'stack.nodes.server.url' }, problems)
  if (url === undefined || tree.kind !== 'map') return { tree, leftOut: [] }
  const drill = child(tree, 'drill')
  if (drill !== null) problems.add(drill.place, 'drill', showTree(drill), `no drill with --target: ${noFaults}`)
  const stack = child(tree, 'stack')
  const serverId = serverIdOf(stack)
  if (textOf(child(stack, 'kind')) === 'external') {
    const turned = withUrl(tree, stack, url, allowHosts)
    return { tree: lookAt(turned, serverId, { database, proxy }, problems), leftOut: [] }
  }
  const beside = besideServer(stack, serverId, { database, proxy })
  const nodes = map({ [serverId]: map({ role: scalar('mcp'), url: scalar(url) }), ...beside.nodes })
  const aimed = {
    stack: map({
      ...{ kind: scalar('external'), allow_hosts: texts(hostsNamed([url, database, proxy], allowHosts)) },
      ...{ nodes, links: beside.links },
    }),
    faults: list(itemsOf(tree, 'faults').filter((fault) => beside.linkIds.has(textOf(child(fault, 'on')) ?? ''))),
    observe: withOwn(child(tree, 'observe'), { pool: scalar(null), ledger: scalar(null) }),
  }
  const left = itemsOf(tree, 'faults').filter((fault) => !beside.linkIds.has(textOf(child(fault, 'on')) ?? ''))
  const why = database === null || beside.linkIds.size > 0 ? noFaults : noProxy
  const { objectives, leftOut } = part(
    child(tree, 'objectives'),
    new Set(left.flatMap((fault) => idOf(fault) ?? [])),
    why,
  )
  return { tree: withOwn(tree, { ...aimed, objectives }), leftOut }
}

/** The command line names a host twice: as the target, the database or the proxy, and as allowed. */
function hostsNamed(urls: readonly (string | null)[], allowHosts: readonly string[]): readonly string[] {
  const hosts = urls.flatMap((url) => URL.parse(url ?? '')?.hostname ?? [])
  return hosts.every(isLoopbackHost) ? [] : allowHosts
}

function withUrl(tree: Tree, stack: Tree | null, url: string, allowHosts: readonly string[]): Tree {
  const nodes = child(stack, 'nodes')
  const id = serverIdOf(stack)
  const server = withOwn(child(nodes, id), { role: scalar('mcp'), url: scalar(url) })
  const named = child(stack, 'allow_hosts')
  const before = named?.kind === 'list' ? named.items : []
  const hosts = list([...before, ...hostsNamed([url], allowHosts).map(scalar)])
  return withOwn(tree, { stack: withOwn(stack, { allow_hosts: hosts, nodes: withOwn(nodes, { [id]: server }) }) })
}

export function serverIdOf(stack: Tree | null): string {
  const nodes = child(stack, 'nodes')
  const servers =
    nodes?.kind === 'map' ? [...nodes.entries].filter(([, node]) => textOf(child(node, 'role')) === 'mcp') : []
  return servers[0]?.[0] ?? 'server'
}

function itemsOf(tree: Tree, key: string): readonly Tree[] {
  const found = child(tree, key)
  return found?.kind === 'list' ? found.items : []
}

function part(
  tree: Tree | null,
  faults: ReadonlySet<string>,
  why: string,
): { objectives: Tree; leftOut: readonly NotAssessed[] } {
  if (tree?.kind !== 'list') return { objectives: tree ?? list([]), leftOut: [] }
  const isOfFault = (item: Tree): boolean =>
    faults.has((textOf(child(item, 'during')) ?? '').replace(/\.recovery$/, ''))
  const text = (item: Tree, key: string): string => textOf(child(item, key)) ?? ''
  return {
    objectives: { ...tree, items: tree.items.filter((item) => !isOfFault(item)) },
    leftOut: tree.items.filter(isOfFault).map((item) => ({
      id: text(item, 'id'),
      measure: text(item, 'measure'),
      window: text(item, 'during'),
      why,
    })),
  }
}

/** The command line's half: a host that is not this machine is named there as well. */
export function checkHosts(stack: StackPlan, { allowHosts }: Pick<Overrides, 'allowHosts'>, problems: Problems): void {
  for (const { keys, host } of hostsOf(stack)) {
    // One that the plan does not name has been told, with both halves.
    if (!isAllowedHost(host, stack.allowHosts) || isAllowedHost(host, allowHosts)) continue
    const expected = `this machine, or --allow-host ${host} too`
    problems.add({ file: null, line: null }, `stack.${keys.join('.')}`, host, expected)
  }
}
