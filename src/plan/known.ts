import type { Catalogue } from '../domain/catalogue.ts'
import type { JsonObject } from '../domain/json.ts'
import { callsOf, plainOf } from './calls.ts'
import { instancesMax } from './limits.ts'
import type { Problems } from './problems.ts'
import { child, idOf, type Tree } from './tree.ts'

/** What the parts of a plan may refer to: taken before they are read, so that one bad part hides no other's problem. */
export interface Known {
  readonly catalogue: Catalogue
  readonly nodes: ReadonlyMap<string, Tree>
  readonly links: ReadonlyMap<string, Tree>
  /** How many run for a node or a link, by its id; none where what was written is no such number. */
  readonly instances: ReadonlyMap<string, number>
  /** Squall starts nothing of it. */
  readonly isExternal: boolean
  /** Its data may be written to and lost: Squall made it, or the plan says so. */
  readonly isDisposable: boolean
  /** A database follows another. */
  readonly isReplicated: boolean
  readonly phases: ReadonlyMap<string, Tree>
  readonly faults: ReadonlyMap<string, Tree>
  readonly workload: string | null
  /** What the workload calls, with its share; null: nobody knows before the run, or there is no such workload. */
  readonly calls: ReadonlyMap<string, number> | null
  /** Names of the plan's hooks. */
  readonly hooks: ReadonlySet<string>
}

export function collectKnown(tree: Tree, catalogue: Catalogue): Known {
  const stack = child(tree, 'stack')
  const load = child(tree, 'load')
  const nodes = keysOf(child(stack, 'nodes'))
  const links = keysOf(child(stack, 'links'))
  const workload = textOf(child(load, 'workload'))
  const words = child(load, 'with')
  const isExternal = textOf(child(stack, 'kind')) === 'external'
  const disposable = child(stack, 'disposable')
  return {
    catalogue,
    nodes,
    isExternal,
    isDisposable: !isExternal || (disposable?.kind === 'scalar' && disposable.value === true),
    isReplicated: [...nodes.values()].some((node) => child(node, 'follows') !== null),
    links,
    instances: countInstances(nodes, links),
    phases: idsOf(child(load, 'phases')),
    faults: idsOf(child(tree, 'faults')),
    workload,
    calls: callsOf(
      catalogue.workloads.get(workload ?? ''),
      words?.kind === 'map' ? (plainOf(words) as JsonObject) : {},
    ),
    hooks: new Set(keysOf(child(stack, 'hooks')).keys()),
  }
}

/** Of a link as many as of the node that it leads from. */
function countInstances(
  nodes: ReadonlyMap<string, Tree>,
  links: ReadonlyMap<string, Tree>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [id, node] of nodes) {
    const count = child(node, 'instances')
    const value = count === null ? 1 : count.kind === 'scalar' ? count.value : null
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= instancesMax)
      counts.set(id, value)
  }
  for (const [id, link] of links) {
    const from = textOf(child(link, 'from')) ?? ''
    const count = nodes.has(from) ? counts.get(from) : 1
    if (count !== undefined) counts.set(id, count)
  }
  return counts
}

/** The text under a key that holds one, else null. */
export function textOf(tree: Tree | null): string | null {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : null
}

function keysOf(tree: Tree | null): ReadonlyMap<string, Tree> {
  if (tree?.kind !== 'map') return new Map()
  return new Map([...tree.entries].filter(([key]) => child(tree, key) !== null))
}

function idsOf(tree: Tree | null): ReadonlyMap<string, Tree> {
  const items = tree?.kind === 'list' ? tree.items : []
  return new Map(items.flatMap((item) => (idOf(item) === null ? [] : [[idOf(item) ?? '', item] as const])))
}

/**
 * Ids of nodes, links, phases, faults and objectives share one namespace: a report names each without its kind. So do
 * those of instances.
 */
export function checkIdsUnique(tree: Tree, { instances }: Known, problems: Problems): void {
  const first = new Map<string, string>()
  for (const [id, count] of instances) {
    if (count === 1) continue
    for (let number = 1; number <= count; number += 1) first.set(`${id}-${number}`, `an instance of ${id}`)
  }
  const take = (id: string | null, at: Tree, path: string): void => {
    if (id === null) return
    const taken = first.get(id)
    if (taken === undefined) first.set(id, path)
    else problems.add(at.place, path, id, `an id of its own: ${taken} has it already`)
  }
  const stack = child(tree, 'stack')
  for (const key of ['nodes', 'links']) {
    for (const [name, at] of keysOf(child(stack, key))) take(name, at, `stack.${key}.${name}`)
  }
  const lists = { 'load.phases': child(child(tree, 'load'), 'phases'), faults: child(tree, 'faults') }
  for (const [path, items] of Object.entries({ ...lists, objectives: child(tree, 'objectives') })) {
    if (items?.kind !== 'list') continue
    for (const [index, item] of items.items.entries()) take(idOf(item), item, `${path}[${index}].id`)
  }
}
