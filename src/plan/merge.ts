import { idOf, type Tree } from './tree.ts'

/**
 * `over` laid on `base`: maps merge by key, lists whose items all have an `id` merge by it (new ones come last), and
 * everything else is replaced. `null`, and an empty list, empty what they are laid on.
 */
export function mergeTrees(base: Tree, over: Tree): Tree {
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over)
  if (base.kind === 'list' && over.kind === 'list' && hasIds(base) && hasIds(over)) return mergeById(base, over)
  return over
}

type MapTree = Extract<Tree, { kind: 'map' }>
type ListTree = Extract<Tree, { kind: 'list' }>

function mergeMaps(base: MapTree, over: MapTree): Tree {
  const entries = new Map(base.entries)
  for (const [key, value] of over.entries) {
    const below = base.entries.get(key)
    entries.set(key, below === undefined ? value : mergeTrees(below, value))
  }
  return { kind: 'map', entries, place: over.place }
}

function hasIds(list: ListTree): boolean {
  return list.items.length > 0 && list.items.every((item) => idOf(item) !== null)
}

function mergeById(base: ListTree, over: ListTree): Tree {
  const items = base.items.map((item) => {
    const laid = over.items.filter((each) => idOf(each) === idOf(item))
    return laid.reduce(mergeTrees, item)
  })
  const known = new Set(base.items.map(idOf))
  const added = over.items.filter((item) => !known.has(idOf(item)))
  return { kind: 'list', items: [...items, ...added], place: over.place }
}
