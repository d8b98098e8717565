import { didYouMean, listNames, type Problems } from './problems.ts'
import {
  durationExample,
  formatDurationMs,
  formatRatePerS,
  formatSizeBytes,
  parseDurationMs,
  parseRatePerS,
  parseSizeBytes,
  rateExample,
  sizeExample,
} from './quantity.ts'
import { isEmpty, isNull, type Place, showTree, type Tree } from './tree.ts'

/** A value of the plan on its way to being read. */
export interface Spot {
  readonly tree: Tree
  readonly path: string
}

/** Reads a value, or tells `problems` what is wrong with it and gives undefined. */
export type Read<T> = (spot: Spot, problems: Problems) => T | undefined

/** How one key of a map is read. `absent`: what holds without it; undefined where it is required. */
export interface Field<T> {
  readonly read: Read<T>
  readonly absent: { readonly value: T } | undefined
}

export type Fields = Readonly<Record<string, Field<unknown>>>
type ValueOf<F> = F extends Field<infer T> ? T : never
/** undefined: this key has a problem, already told. */
export type Partly<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> | undefined }
export type Whole<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> }

export function required<T>(read: Read<T>): Field<T> {
  return { read, absent: undefined }
}

export function optional<T>(read: Read<T>, value: T): Field<T> {
  return { read, absent: { value } }
}

/** A key that the schema has and this version does not carry out: refused when it asks for anything. */
export function later(accepts: string): Field<null> {
  const read: Read<null> = (spot, problems) => {
    if (!isEmpty(spot.tree)) complain(spot, problems, `nothing here: not in this version; ${accepts}`)
    return null
  }
  return { read, absent: { value: null } }
}

/** A key that others of its kind have: refused when it asks for anything, with the reason. */
export function nothing(why: string): Field<null> {
  const read: Read<null> = (spot, problems) => {
    if (!isEmpty(spot.tree)) complain(spot, problems, `nothing here: ${why}`)
    return null
  }
  return { read, absent: { value: null } }
}

export function complain({ tree, path }: Spot, problems: Problems, expected: string): undefined {
  problems.add(tree.place, path, showTree(tree), expected)
  return undefined
}

export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** The place of `key` in a map, or of the map where it has no such key. */
export function placeOf(spot: Spot, key: string): Place {
  const value = spot.tree.kind === 'map' ? spot.tree.entries.get(key) : undefined
  return value?.place ?? spot.tree.place
}

/** What is written under `key`, for a message. */
export function receivedAt(spot: Spot, key: string): string {
  const value = spot.tree.kind === 'map' ? spot.tree.entries.get(key) : undefined
  return value === undefined ? 'nothing' : showTree(value)
}

/** Reads all fields of a map, the good ones too when others have problems; undefined when it is no map. */
export function readFields<F extends Fields>(spot: Spot, fields: F, problems: Problems): Partly<F> | undefined {
  if (spot.tree.kind !== 'map') return complain(spot, problems, `keys: ${listNames(Object.keys(fields))}`)
  for (const [key, value] of spot.tree.entries) {
    if (Object.hasOwn(fields, key)) continue
    const expected = `a known key: ${listNames(Object.keys(fields))}${didYouMean(key, Object.keys(fields))}`
    problems.add(value.place, joinPath(spot.path, key), `the unknown key ${key}`, expected)
  }
  const values: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) values[key] = readField(spot, key, field, problems)
  return values as Partly<F>
}

function readField<T>(spot: Spot, key: string, field: Field<T>, problems: Problems): T | undefined {
  const tree = spot.tree.kind === 'map' ? spot.tree.entries.get(key) : undefined
  const path = joinPath(spot.path, key)
  if (tree !== undefined && !isNull(tree)) return field.read({ tree, path }, problems)
  if (field.absent !== undefined) return field.absent.value
  problems.add(tree?.place ?? spot.tree.place, path, 'nothing', 'a value: this key is required')
  return undefined
}

export function isWhole<F extends Fields>(values: Partly<F> | undefined): values is Whole<F> {
  return values !== undefined && Object.values(values).every((value) => value !== undefined)
}

export function object<F extends Fields>(fields: F): Read<Whole<F>> {
  return (spot, problems) => {
    const values = readFields(spot, fields, problems)
    return isWhole(values) ? values : undefined
  }
}

/** Items that have problems are told and left out, and make the whole undefined. */
export function list<T>(read: Read<T>, countMin = 0): Read<readonly T[]> {
  return (spot, problems) => {
    if (spot.tree.kind !== 'list') return complain(spot, problems, 'a list')
    if (spot.tree.items.length < countMin) return complain(spot, problems, `a list of at least ${countMin}`)
    const items = spot.tree.items.map((tree, index) => read({ tree, path: `${spot.path}[${index}]` }, problems))
    const good = items.filter((item) => item !== undefined)
    return good.length === items.length ? good : undefined
  }
}

export function mapOf<T>(read: (key: string) => Read<T>): Read<Readonly<Record<string, T>>> {
  return (spot, problems) => {
    if (spot.tree.kind !== 'map') return complain(spot, problems, 'a map')
    const entries = [...spot.tree.entries]
      // null takes away what a plan inherits.
      .filter(([, tree]) => !isNull(tree))
      .map(([key, tree]) => [key, read(key)({ tree, path: joinPath(spot.path, key) }, problems)] as const)
    const good = entries.filter((entry): entry is readonly [string, T & {}] => entry[1] !== undefined)
    return good.length === entries.length ? Object.fromEntries(good) : undefined
  }
}

export const anyText: Read<string> = (spot, problems) => {
  const value = scalarOf(spot)
  return typeof value === 'string' && value.trim() !== '' ? value : complain(spot, problems, 'a text')
}

export const bool: Read<boolean> = (spot, problems) => {
  const value = scalarOf(spot)
  return typeof value === 'boolean' ? value : complain(spot, problems, 'true or false')
}

/** `table` or `schema.table`. Whoever puts it into SQL quotes it; PostgreSQL cuts names at 63 bytes (NAMEDATALEN). */
export const tableName: Read<string> = (spot, problems) => {
  const value = scalarOf(spot)
  const isName =
    typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/.test(value)
  return isName ? value : complain(spot, problems, 'the name of a table: letters, digits and _, at most one dot')
}

/** The window of the whole run, those who call, and processes of the harness. */
const takenIds: readonly unknown[] = ['run', 'users', 'toxiproxy', 'router', 'balancer', 'keeper', 'k6', 'squall']

/** Ids name windows, such as `steady.clear`: so they hold no dot. */
export const id: Read<string> = (spot, problems) => {
  const value = scalarOf(spot)
  if (typeof value === 'string' && /^[a-z][a-z0-9-]{0,39}$/.test(value) && !takenIds.includes(value)) return value
  return complain(
    spot,
    problems,
    `an id of lower-case letters, digits and dashes, at most 40, and not ${takenIds.join(', ')}`,
  )
}

/** One of the names; `expected` says what kind of name it is. */
export function oneOf<N extends string>(names: Iterable<N>, expected: string): Read<N> {
  const all = [...names]
  return (spot, problems) => {
    const value = scalarOf(spot)
    const found = all.find((name) => name === value)
    if (found !== undefined) return found
    return complain(spot, problems, `${expected}: ${listNames(all)}${didYouMean(String(value), all)}`)
  }
}

export function numberIn(min: number, max: number, expected = 'a number'): Read<number> {
  return (spot, problems) => {
    const value = scalarOf(spot)
    if (typeof value === 'number' && value >= min && value <= max) return value
    return complain(spot, problems, `${expected} in ${min}..${max}`)
  }
}

export function wholeIn(min: number, max: number): Read<number> {
  return (spot, problems) => {
    const value = scalarOf(spot)
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    return complain(spot, problems, `a whole number in ${min}..${max}`)
  }
}

/** Text with a unit; bounds in the unit of what `parse` gives. */
function quantity(
  parse: (text: string) => number | null,
  format: (value: number) => string,
  example: string,
  [min, max]: readonly [number, number],
): Read<number> {
  return (spot, problems) => {
    const value = scalarOf(spot)
    const parsed = typeof value === 'string' ? parse(value) : null
    if (parsed !== null && parsed >= min && parsed <= max) return parsed
    const upper = max === Number.POSITIVE_INFINITY ? `${format(min)} or more` : `${format(min)} to ${format(max)}`
    return complain(spot, problems, `${example}, ${upper}`)
  }
}

/** ms. */
export function duration(min: number, max: number): Read<number> {
  return quantity(parseDurationMs, formatDurationMs, durationExample, [min, max])
}

/** A second. */
export function rate(min: number, max: number): Read<number> {
  return quantity(parseRatePerS, formatRatePerS, rateExample, [min, max])
}

/** Bytes. */
export function size(min: number, max: number): Read<number> {
  return quantity(parseSizeBytes, formatSizeBytes, sizeExample, [min, max])
}

function scalarOf({ tree }: Spot) {
  return tree.kind === 'scalar' ? tree.value : undefined
}
