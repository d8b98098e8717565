import type { Place, Tree } from './tree.ts'

/** Makes parts of a plan as if they had been written at that place, such as a flag. */
export function growAt(place: Place) {
  const scalar = (value: string | null): Tree => ({ kind: 'scalar', value, source: value ?? 'null', place })
  const list = (items: readonly Tree[]): Tree => ({ kind: 'list', items, place })
  const map = (entries: Readonly<Record<string, Tree>>): Tree => ({
    kind: 'map',
    entries: new Map(Object.entries(entries)),
    place,
  })
  return {
    scalar,
    list,
    map,
    texts: (values: readonly string[]): Tree => list(values.map(scalar)),
    /** `tree` with these entries in place of its own. */
    withOwn(tree: Tree | null, own: Readonly<Record<string, Tree>>): Tree {
      if (tree?.kind !== 'map') return map(own)
      return { ...tree, entries: new Map([...tree.entries, ...Object.entries(own)]) }
    },
  }
}
