import { growAt } from './grow.ts'
import { textOf } from './known.ts'
import type { Overrides } from './overrides.ts'
import type { Problems } from './problems.ts'
import { child, type Tree } from './tree.ts'

type Look = Pick<Overrides, 'database' | 'proxy'>

const place = { file: '--database', line: null }
const { scalar, map, withOwn } = growAt(place)
const atProxy = growAt({ file: '--proxy', line: null })

/** What stands beside the server in a stack that Squall did not start. */
interface Beside {
  readonly nodes: Readonly<Record<string, Tree>>
  readonly links: Tree
  /** Ids of the links that a proxy is on, so that faults can act there. */
  readonly linkIds: ReadonlySet<string>
}

/** `--database` and `--proxy` beside the server of a plan that is turned at another: its database, by the plan's own names. */
export function besideServer(stack: Tree | null, serverId: string, { database, proxy }: Look): Beside {
  if (database === null) return { nodes: {}, links: map({}), linkIds: new Set() }
  const [id, before] = databaseOf(stack)
  const own = child(before, 'own')
  const node = map({ role: scalar('postgres'), url: scalar(database), ...(own === null ? {} : { own }) })
  const linkId = linkTo(stack, id)
  const links = proxy === null ? {} : { [linkId]: linkOf(serverId, id, proxy) }
  return { nodes: { [id]: node }, links: map(links), linkIds: new Set(Object.keys(links)) }
}

/** The same on a plan that is of kind external already. */
export function lookAt(tree: Tree, serverId: string, { database, proxy }: Look, problems: Problems): Tree {
  const stack = child(tree, 'stack')
  if (database === null && proxy === null) return tree
  if (textOf(child(stack, 'kind')) !== 'external') {
    const [flag, path] = database === null ? ['--proxy', 'stack.links'] : ['--database', 'stack.nodes']
    // Not as it was typed: a database's address may hold what others should not see.
    problems.add(
      { file: flag, line: null },
      path,
      flag,
      'with it --target URL, or a plan whose stack is of kind external',
    )
    return tree
  }
  const nodes = child(stack, 'nodes')
  const [id, before] = databaseOf(stack)
  const url = database === null ? {} : { url: scalar(database) }
  const node = withOwn(before, { role: scalar('postgres'), ...url })
  const linkId = linkTo(stack, id)
  const links = child(stack, 'links')
  const linked = proxy === null ? {} : { links: withOwn(links, { [linkId]: linkOf(serverId, id, proxy) }) }
  return withOwn(tree, { stack: withOwn(stack, { nodes: withOwn(nodes, { [id]: node }), ...linked }) })
}

function linkOf(from: string, to: string, proxy: string): Tree {
  return map({ from: scalar(from), to: scalar(to), proxy: atProxy.scalar(proxy) })
}

/** The database that follows none, as the plan calls it. */
function databaseOf(stack: Tree | null): readonly [id: string, node: Tree | null] {
  const nodes = child(stack, 'nodes')
  const found = nodes?.kind === 'map' ? [...nodes.entries] : []
  const isOne = (node: Tree) => textOf(child(node, 'role')) === 'postgres' && child(node, 'follows') === null
  return found.find(([, node]) => isOne(node)) ?? ['database', null]
}

/** The plan's link to that database, so that its faults find it. */
function linkTo(stack: Tree | null, id: string): string {
  const links = child(stack, 'links')
  const found = links?.kind === 'map' ? [...links.entries] : []
  return found.find(([, link]) => textOf(child(link, 'to')) === id)?.[0] ?? 'db'
}
