import { isAllowedHost } from '../../domain/allowed-hosts.ts'
import type { WorkloadDescription } from '../../domain/catalogue.ts'
import type { JsonObject } from '../../domain/json.ts'
import { type DatabasePlace, type LoadPlan, usersEnd } from '../../domain/plan.ts'
import { plainOf } from '../calls.ts'
import type { Known } from '../known.ts'
import { textOf } from '../known.ts'
import type { Problems } from '../problems.ts'
import { bool, complain, joinPath, object, oneOf, optional, type Read, type Spot } from '../shape.ts'
import { child, type Tree } from '../tree.ts'
import { databaseUrl } from './database-url.ts'
import { variable } from './variable.ts'

/** A name, or the path of a file, which has been read before: the catalogue has it, or why it cannot be used. */
export function workloadName(known: Known): Read<string> {
  const named = oneOf(known.catalogue.workloads.keys(), 'a workload, or the path of one, such as ./my-workload.ts')
  return (spot, problems) => {
    const name = named(spot, problems)
    const problem = name === undefined ? undefined : known.catalogue.workloads.get(name)?.problem
    return problem === undefined ? name : complain(spot, problems, problem)
  }
}

export function describedWorkload(known: Known): WorkloadDescription | undefined {
  return known.catalogue.workloads.get(known.workload ?? '')
}

/** `load.with` of a workload that reads its words itself. */
export function wordsFor(readWords: NonNullable<WorkloadDescription['fromPlan']>): Read<JsonObject> {
  return (spot, problems) => {
    if (spot.tree.kind !== 'map') return complain(spot, problems, 'the words of the workload: a map')
    const words = plainOf(spot.tree) as JsonObject
    const found = readWords(words)
    if (found instanceof Map) return checkShares(spot, found, problems) ? words : undefined
    for (const { path, received, expected } of found as Exclude<typeof found, ReadonlyMap<string, number>>)
      problems.add(treeAt(spot.tree, path).place, joinPath(spot.path, path), received, expected)
    return undefined
  }
}

function checkShares(spot: Spot, calls: ReadonlyMap<string, number>, problems: Problems): boolean {
  if ([...calls.values()].some((weight) => weight > 0)) return true
  complain(spot, problems, 'at least one call with a weight above 0')
  return false
}

/** As deep as the path leads. */
function treeAt(tree: Tree, path: string): Tree {
  let at = tree
  for (const step of path.split(/[.[\]]+/).filter(Boolean)) {
    const next = at.kind === 'list' ? at.items[Number(step)] : at.kind === 'map' ? at.entries.get(step) : undefined
    if (next === undefined) return at
    at = next
  }
  return at
}

/** Without the key, a workload that speaks SQL goes where the server goes. */
export function databasePlace(known: Known): Read<DatabasePlace> {
  const toDatabase = [...known.links].filter(([, link]) => roleAt(known, link, 'to') === 'postgres').map(([id]) => id)
  return (spot, problems) => {
    const found = object({
      through: optional<string | null>(oneOf(toDatabase, 'a link to a database'), null),
      straight: optional<true | null>(onlyTrue, null),
      url: optional<string | null>(loopbackUrl, null),
      password_env: optional<string | null>(setVariable, null),
    })(spot, problems)
    if (found === undefined) return undefined
    const { through, straight, url, password_env: passwordEnv } = found
    const ways = [through, straight, url].filter((way) => way !== null)
    if (ways.length !== 1 || (passwordEnv !== null && url === null))
      return complain(spot, problems, '{through: <link>}, {straight: true} or {url: postgres://…, password_env: NAME}')
    if (url !== null) return { kind: 'url', url, passwordEnv }
    if (known.isExternal) return complain(spot, problems, '{url: postgres://…}: Squall did not start the database')
    return through === null ? { kind: 'straight' } : { kind: 'link', link: through }
  }
}

const onlyTrue: Read<true> = (spot, problems) =>
  bool(spot, problems) === true ? true : complain(spot, problems, 'true: past all links')

const setVariable: Read<string> = (spot, problems) => {
  const name = variable(spot, problems)
  if (name === undefined || process.env[name] !== undefined) return name
  return complain(spot, problems, `a variable that is set: ${name} is not`)
}

const readUrl = databaseUrl({
  example: 'a URL such as postgres://app@127.0.0.1:6432/app',
  password: 'password_env names the variable that has it',
})

const loopbackUrl: Read<string> = (spot, problems) => {
  const url = readUrl(spot, problems)
  if (url === undefined || isAllowedHost(new URL(url).hostname, [])) return url
  const expected = 'a loopback host: only loopback is put under load'
  problems.add(spot.tree.place, spot.path, new URL(url).hostname, expected)
  return undefined
}

function roleAt(known: Known, link: Tree, end: 'from' | 'to'): string | null {
  return textOf(child(known.nodes.get(textOf(child(link, end)) ?? '') ?? null, 'role'))
}

/** What the plan says of its workload beside its words. */
export function spokenBy(
  known: Known,
  database: DatabasePlace | null,
): Pick<LoadPlan, 'protocol' | 'file' | 'database'> {
  const described = describedWorkload(known)
  const protocol = described?.protocol ?? 'mcp'
  return {
    ...(protocol === 'mcp' ? {} : { protocol }),
    ...(described?.file === undefined ? {} : { file: described.file }),
    ...(protocol === 'sql' ? { database: database ?? asTheServer(known) } : {}),
  }
}

/** By the link from the server to its database, which a stack has to have. */
function asTheServer(known: Known): DatabasePlace {
  const found = [...known.links].find(
    ([, link]) =>
      textOf(child(link, 'from')) !== usersEnd &&
      roleAt(known, link, 'from') === 'mcp' &&
      roleAt(known, link, 'to') === 'postgres',
  )
  return found === undefined ? { kind: 'straight' } : { kind: 'link', link: found[0] }
}
