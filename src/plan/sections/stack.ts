import type { LinkSpec, NodeRole, NodeSpec, StackPlan } from '../../domain/plan.ts'
import type { Known } from '../known.ts'
import { textOf } from '../known.ts'
import { connectionsDefault, connectionsMax, readyWithinMsMax } from '../limits.ts'
import type { Problems } from '../problems.ts'
import {
  anyText,
  complain,
  duration,
  id,
  joinPath,
  later,
  list,
  mapOf,
  object,
  oneOf,
  optional,
  placeOf,
  type Read,
  receivedAt,
  required,
  type Spot,
  wholeIn,
} from '../shape.ts'
import { child, type Tree } from '../tree.ts'

/** What the harness itself sets for a server that it starts. */
const ownVariables = ['HOST', 'PORT', 'DATABASE_URL']
const readyMsDefault = 60_000

const localKind: Read<'local'> = (spot, problems) => {
  const kind = textOf(spot.tree)
  if (kind === 'local') return kind
  const known = kind === 'compose' || kind === 'external'
  return complain(spot, problems, known ? 'local: other kinds of stack are not in this version' : 'local')
}

const environment: Read<Readonly<Record<string, string>>> = mapOf((key) => (spot, problems) => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return complain(spot, problems, 'a name of letters, digits and _ as key')
  if (ownVariables.includes(key)) return complain(spot, problems, `another name: Squall sets ${key} itself`)
  if (spot.tree.kind === 'scalar') return String(spot.tree.value)
  return complain(spot, problems, 'a text, a number, true or false')
})

const ready = object({
  path: optional<string | null>(urlPath, null),
  within: optional(duration(1_000, readyWithinMsMax), readyMsDefault),
})

const nodeFields = {
  role: required(oneOf<NodeRole>(['mcp', 'postgres'], 'a role')),
  instances: optional<1>(only(1, 'more instances of a server are not in this version'), 1),
  port: optional<number | null>(wholeIn(1, 65_535), null),
  command: optional<readonly string[] | null>(list(anyText, 1), null),
  cwd: optional<string | null>(anyText, null),
  env: optional(environment, {}),
  ready: optional(ready, null),
  max_connections: optional<number | null>(wholeIn(10, connectionsMax), null),
  follows: later('a stack has one database, which follows none'),
  url: later('Squall starts the server itself: leave it out, or give its `command`'),
  auth: later('Squall starts the server itself, on loopback and without a login'),
}

/** Keys that mean nothing on a node of the other role. */
const keysOfRole = { mcp: ['instances', 'command', 'cwd', 'env', 'ready'], postgres: ['max_connections'] } as const

function readNode(name: string, known: Known, preset: string | null): Read<NodeSpec> {
  return (spot, problems) => {
    checkRoleKeys(spot, problems)
    id({ tree: { kind: 'scalar', value: name, source: name, place: spot.tree.place }, path: spot.path }, problems)
    const node = object(nodeFields)(spot, problems)
    if (node === undefined) return undefined
    const given = preset === null ? undefined : known.catalogue.presets.get(preset)
    const isServer = node.role === 'mcp'
    return {
      id: name,
      role: node.role,
      instances: node.instances,
      port: node.port,
      command: node.command,
      cwd: node.cwd,
      env: isServer ? { ...given?.server.env, ...node.env } : {},
      readyPath: node.ready?.path ?? (isServer && node.command === null ? '/ready' : null),
      readyWithinMs: node.ready?.within ?? readyMsDefault,
      maxConnections: isServer ? null : (node.max_connections ?? given?.primary.maxConnections ?? connectionsDefault),
      url: null,
    }
  }
}

function checkRoleKeys(spot: Spot, problems: Problems): void {
  const role = textOf(child(spot.tree, 'role'))
  if (role !== 'mcp' && role !== 'postgres') return
  const other = role === 'mcp' ? 'postgres' : 'mcp'
  for (const key of keysOfRole[other]) {
    if (child(spot.tree, key) === null) continue
    const expected = `nothing: a node with role ${role} has no ${key}, one with role ${other} has`
    problems.add(placeOf(spot, key), joinPath(spot.path, key), receivedAt(spot, key), expected)
  }
}

function readLink(name: string, known: Known): Read<LinkSpec> {
  const end = (role: string) => {
    const nodes = [...known.nodes].filter(([, tree]) => textOf(child(tree, 'role')) === role)
    return oneOf(
      nodes.map(([node]) => node),
      `a node with role ${role}`,
    )
  }
  return (spot, problems) => {
    const link = object({ from: required(end('mcp')), to: required(end('postgres')) })(spot, problems)
    return link === undefined ? undefined : { id: name, ...link }
  }
}

/** `stack`: what is started and put under load. */
export function readStack(known: Known): Read<StackPlan> {
  return (spot, problems) => {
    const preset = textOf(child(spot.tree, 'preset'))
    const stack = object({
      kind: optional(localKind, 'local'),
      preset: optional<string | null>(oneOf(known.catalogue.presets.keys(), 'a preset'), null),
      disposable: optional<true>(only(true, 'a local stack is made for the run, and thrown away'), true),
      allow_hosts: later('only loopback is ever put under load'),
      nodes: required(mapOf((name) => readNode(name, known, preset))),
      links: required(mapOf((name) => readLink(name, known))),
      supervisor: later('nothing restarts or promotes by itself'),
      hooks: later('use the faults of `squall list faults`'),
    })(spot, problems)
    checkRoles(spot, known.nodes, problems)
    checkLinks(spot, known, problems)
    if (stack === undefined) return undefined
    const { allow_hosts: _, supervisor: __, hooks: ___, ...kept } = stack
    return { ...kept, allowHosts: [] }
  }
}

function checkRoles(spot: Spot, nodes: ReadonlyMap<string, Tree>, problems: Problems): void {
  for (const role of ['mcp', 'postgres']) {
    const names = [...nodes].filter(([, tree]) => textOf(child(tree, 'role')) === role).map(([name]) => name)
    if (names.length === 1) continue
    const expected = `exactly one node with role ${role}: others are not in this version`
    problems.add(placeOf(spot, 'nodes'), joinPath(spot.path, 'nodes'), names.join(', ') || 'none', expected)
  }
}

function checkLinks(spot: Spot, known: Known, problems: Problems): void {
  if (known.links.size === 1) return
  const expected = 'exactly one link, from the server to the database: others are not in this version'
  problems.add(placeOf(spot, 'links'), joinPath(spot.path, 'links'), [...known.links].join(', ') || 'none', expected)
}

/** One value is possible; the key is there because the schema has it. */
function only<T extends number | boolean>(value: T, why: string): Read<T> {
  return (spot, problems) =>
    spot.tree.kind === 'scalar' && spot.tree.value === value ? value : complain(spot, problems, `${value}: ${why}`)
}

function urlPath(spot: Spot, problems: Problems): string | undefined {
  const path = textOf(spot.tree)
  return path?.startsWith('/') ? path : complain(spot, problems, 'a path that starts with /, such as /ready')
}
