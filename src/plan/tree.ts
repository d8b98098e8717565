import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import { depthMax, fileBytesMax } from './limits.ts'
import type { Problems } from './problems.ts'

/** Where something was written. `file`: as shown to people, or the flag it came from. `line`: 1-based. */
export interface Place {
  readonly file: string | null
  readonly line: number | null
}

/** YAML as values that remember where they were written, so that a merged plan can still be pointed into. */
export type Tree =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree>; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly Tree[]; readonly place: Place }
  | { readonly kind: 'scalar'; readonly value: Scalar; readonly source: string; readonly place: Place }
type Scalar = string | number | boolean | null

/** Reads YAML text. Syntax problems go to `problems`; null when there is no tree to go on with. */
export function parseTree(text: string, file: string, problems: Problems): Tree | null {
  if (text.length > fileBytesMax) {
    const place = { file, line: null }
    problems.add(place, '', `${text.length} characters`, `a plan of at most ${fileBytesMax} characters`)
    return null
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const error of document.errors) {
    const line = lines.linePos(error.pos[0]).line
    problems.add({ file, line }, '', quoteLine(text, line), `YAML; ${firstSentence(error.message)}`)
  }
  if (document.errors.length > 0) return null
  if (document.contents === null) return scalar(null, 'nothing', { file, line: 1 })
  const converter = new Converter(file, lines, problems)
  return converter.convert(document.contents, 0)
}

/** From the library's nodes to ours. Bounded in depth; aliases are refused, since a few can stand for billions. */
class Converter {
  readonly #file: string
  readonly #lines: LineCounter
  readonly #problems: Problems

  constructor(file: string, lines: LineCounter, problems: Problems) {
    this.#file = file
    this.#lines = lines
    this.#problems = problems
  }

  convert(node: ParsedNode, depth: number): Tree {
    const place = { file: this.#file, line: this.#lines.linePos(node.range[0]).line }
    if (isAlias(node)) return this.#refuse(place, `*${node.source}`, 'the value itself, or a plan that extends another')
    if (depth > depthMax) return this.#refuse(place, 'a deeper value', `at most ${depthMax} levels`)
    if (isMap<ParsedNode, ParsedNode | null>(node)) {
      const entries = new Map<string, Tree>()
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : String(key)
        entries.set(name, value === null ? scalar(null, '', place) : this.convert(value, depth + 1))
      }
      return { kind: 'map', entries, place }
    }
    if (isSeq<ParsedNode>(node)) {
      return { kind: 'list', items: node.items.map((item) => this.convert(item, depth + 1)), place }
    }
    return isScalar(node) ? scalar(plain(node.value), node.source ?? '', place) : scalar(null, '', place)
  }

  #refuse(place: Place, received: string, expected: string): Tree {
    this.#problems.add(place, '', received, expected)
    return scalar(null, received, place)
  }
}

function scalar(value: Scalar, source: string, place: Place): Tree {
  return { kind: 'scalar', value, source, place }
}

/** The entry under `key`, or null where `tree` is no map, has no such key, or has `null` there. */
export function child(tree: Tree | null, key: string): Tree | null {
  if (tree?.kind !== 'map') return null
  const found = tree.entries.get(key) ?? null
  return found === null || isNull(found) ? null : found
}

export function isNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null
}

/** null, {} and []. */
export function isEmpty(tree: Tree): boolean {
  if (tree.kind === 'map') return tree.entries.size === 0
  return tree.kind === 'list' ? tree.items.length === 0 : tree.value === null
}

/** The `id` of a map, or null. */
export function idOf(tree: Tree): string | null {
  const id = child(tree, 'id')
  return id?.kind === 'scalar' && typeof id.value === 'string' ? id.value : null
}

/** As it was written, on one line and short, for a message. */
export function showTree(tree: Tree): string {
  const text = compact(tree, 40)
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}

function compact(tree: Tree, itemsMax: number): string {
  if (tree.kind === 'scalar') return tree.source === '' ? 'nothing' : tree.source
  if (tree.kind === 'list')
    return `[${tree.items
      .slice(0, itemsMax)
      .map((item) => compact(item, 3))
      .join(', ')}]`
  const pairs = [...tree.entries].slice(0, itemsMax).map(([key, value]) => `${key}: ${compact(value, 3)}`)
  return `{${pairs.join(', ')}}`
}

function plain(value: unknown): Scalar {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return value === null || value === undefined ? null : String(value)
}

function quoteLine(text: string, line: number): string {
  const found = (text.split('\n')[line - 1] ?? '').trim()
  return found.length <= 60 ? found || 'the end of the file' : `${found.slice(0, 57)}...`
}

function firstSentence(message: string): string {
  const line = message.split('\n')[0] ?? message
  return line.charAt(0).toLowerCase() + line.slice(1)
}
