import { extendsDepthMax } from './limits.ts'
import { mergeTrees } from './merge.ts'
import { didYouMean, listNames, type Problems } from './problems.ts'
import { child, type Place, parseTree, showTree, type Tree } from './tree.ts'

/**
 * Finds a plan's text by name or path. `from`: the file that extends it, null for the plan itself.
 * Not found: the names there are, and where no file could be read, for what is a path.
 */
export type LoadText = (
  nameOrPath: string,
  from: string | null,
) => { readonly text: string; readonly file: string } | { readonly known: readonly string[]; readonly sought?: string }

/** The plan with all that it extends merged under it; null when there is nothing to go on with. */
export function loadExtended(nameOrPath: string, loadText: LoadText, problems: Problems): Tree | null {
  const layers: Tree[] = []
  const seen: string[] = []
  let next: { nameOrPath: string; from: string | null; place: Place; path: string } | null = {
    nameOrPath,
    from: null,
    place: { file: null, line: null },
    path: 'plan',
  }
  while (next !== null) {
    const { place, path } = next
    const found = loadText(next.nameOrPath, next.from)
    if ('known' in found) {
      problems.add(place, path, next.nameOrPath, whatIsThere(next.nameOrPath, found))
      return null
    }
    const chain = [...seen, found.file].join(' → ')
    if (seen.includes(found.file) || seen.length > extendsDepthMax) {
      problems.add(place, path, chain, `a chain of at most ${extendsDepthMax} plans that does not come back to itself`)
      return null
    }
    seen.push(found.file)
    const tree = parseTree(found.text, found.file, problems)
    if (tree === null) return null
    layers.push(layers.length === 0 ? tree : withoutOwn(tree))
    next = parentOf(tree, found.file, problems)
  }
  return layers.reduceRight((below, above) => mergeTrees(below, above))
}

function whatIsThere(nameOrPath: string, { known, sought }: { known: readonly string[]; sought?: string }): string {
  if (sought !== undefined) return `a file that is there: none can be read at ${sought}`
  return `a plan's name (${listNames(known)}) or path${didYouMean(nameOrPath, known)}`
}

function parentOf(tree: Tree, file: string, problems: Problems) {
  const parent = child(tree, 'extends')
  if (parent === null) return null
  if (parent.kind === 'scalar' && typeof parent.value === 'string') {
    return { nameOrPath: parent.value, from: file, place: parent.place, path: 'extends' }
  }
  problems.add(parent.place, 'extends', showTree(parent), 'the name or the path of one plan')
  return null
}

/** A plan's name is its own: it is not inherited. */
function withoutOwn(tree: Tree): Tree {
  if (tree.kind !== 'map') return tree
  const entries = new Map(tree.entries)
  entries.delete('name')
  entries.delete('extends')
  return { ...tree, entries }
}
