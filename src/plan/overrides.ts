import { didYouMean, listNames, type Problems } from './problems.ts'
import { idOf, type Place, parseTree, type Tree } from './tree.ts'

/** What the command line changes in a plan: the flags' texts as they were typed. null: not given. */
export interface Overrides {
  /** `path=value`, such as `load.phases.steady.for=30 s`; items of a list go by their id. */
  readonly set: readonly string[]
  readonly users: string | null
  readonly seed: string | null
  readonly target: string | null
  /** Where the database behind it is; without a password, which is in no plan. */
  readonly database: string | null
  /** The proxy on the way from the server to the database: its name, or its address. */
  readonly proxy: string | null
  /** Hosts beside this machine that may be put under load, if the plan names them too. */
  readonly allowHosts: readonly string[]
  readonly stack: string | null
  readonly unknown: string | null
  readonly quick: boolean
}

export const noOverrides: Overrides = {
  set: [],
  users: null,
  seed: null,
  target: null,
  database: null,
  proxy: null,
  allowHosts: [],
  stack: null,
  unknown: null,
  quick: false,
}

/** Lays the flags that name one place of a plan (`--set`, `--seed`, `--stack`, `--unknown`) on its tree. */
export function applyOverrides(tree: Tree, overrides: Overrides, problems: Problems): Tree {
  let changed = tree
  for (const text of overrides.set) {
    const split = text.indexOf('=')
    if (split < 1) problems.add(place('--set'), '--set', text || 'nothing', 'path=value, such as load.pace=2 s')
    else changed = setOne(changed, text.slice(0, split).trim(), text.slice(split + 1), '--set', problems)
  }
  const single = { '--seed': ['seed', overrides.seed], '--stack': ['stack.kind', overrides.stack] } as const
  for (const [flag, [path, value]] of Object.entries(single)) {
    if (value !== null) changed = setOne(changed, path, value, flag, problems)
  }
  return overrides.unknown === null ? changed : setOne(changed, 'unknown', overrides.unknown, '--unknown', problems)
}

function place(flag: string): Place {
  return { file: flag, line: null }
}

function setOne(tree: Tree, path: string, valueText: string, flag: string, problems: Problems): Tree {
  const parsed = parseTree(valueText, flag, problems)
  if (parsed === null) return tree
  return setAt(tree, path.split('.'), withPlace(parsed, place(flag)), { path, flag, problems })
}

interface Setting {
  readonly path: string
  readonly flag: string
  readonly problems: Problems
}

function setAt(tree: Tree, steps: readonly string[], value: Tree, setting: Setting): Tree {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (tree.kind === 'list') return setInList(tree, step, rest, value, setting)
  // A key that is no map yet becomes one; whether the plan knows the key is for the schema to say.
  const entries = new Map(tree.kind === 'map' ? tree.entries : [])
  const below: Tree = entries.get(step) ?? { kind: 'map', entries: new Map(), place: place(setting.flag) }
  entries.set(step, setAt(below, rest, value, setting))
  return { kind: 'map', entries, place: tree.place }
}

function setInList(
  tree: Extract<Tree, { kind: 'list' }>,
  step: string,
  rest: readonly string[],
  value: Tree,
  setting: Setting,
): Tree {
  const index = tree.items.findIndex((item) => idOf(item) === step)
  const item = tree.items[index]
  if (item === undefined) {
    const ids = tree.items.map(idOf).filter((id) => id !== null)
    const expected = `the id of an item there: ${listNames(ids)}${didYouMean(step, ids)}`
    setting.problems.add(place(setting.flag), setting.path, step, expected)
    return tree
  }
  return { ...tree, items: tree.items.with(index, setAt(item, rest, value, setting)) }
}

function withPlace(tree: Tree, at: Place): Tree {
  if (tree.kind === 'scalar') return { ...tree, place: at }
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => withPlace(item, at)), place: at }
  const entries = new Map([...tree.entries].map(([key, value]) => [key, withPlace(value, at)]))
  return { kind: 'map', entries, place: at }
}
