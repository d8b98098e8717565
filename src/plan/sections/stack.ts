import type { BackupPlan } from '../../domain/backup.ts'
import type { Era } from '../../domain/era.ts'
import {
  type HooksPlan,
  type LinkSpec,
  type MetricsPlan,
  type NodeRole,
  type NodeSpec,
  type OwnSessions,
  type StackPlan,
  usersEnd,
} from '../../domain/plan.ts'
import type { Known } from '../known.ts'
import { textOf } from '../known.ts'
import {
  archiveTimeoutMsDefault,
  archiveTimeoutMsMax,
  backupEveryMsMax,
  connectionsDefault,
  connectionsMax,
  instancesMax,
  readyWithinMsMax,
  replicasMax,
} from '../limits.ts'
import type { Problems } from '../problems.ts'
import {
  anyText,
  bool,
  complain,
  duration,
  id,
  joinPath,
  list,
  mapOf,
  nothing,
  object,
  oneOf,
  optional,
  placeOf,
  type Read,
  receivedAt,
  required,
  type Spot,
  size,
  wholeIn,
} from '../shape.ts'
import { child, type Tree } from '../tree.ts'
import { readEra, readExternal } from './external.ts'
import { checkHooks, readHooks } from './hooks.ts'
import { readMetrics } from './metrics.ts'
import { readOwn } from './own-sessions.ts'
import { readyMsDefault, urlPath } from './ready.ts'
import { checkStdio, type ReadStdio, readStdio, startOf } from './stdio.ts'
import { checkSupervisor, readSupervisor } from './supervisor.ts'

/** What the harness itself sets for a server that it starts. */
const ownVariables = ['HOST', 'PORT', 'DATABASE_URL']

const localKind: Read<'local'> = (spot, problems) => {
  const kind = textOf(spot.tree)
  if (kind === 'local') return kind
  const isKnown = kind === 'compose'
  return complain(spot, problems, `local or external${isKnown ? ': other kinds of stack are not in this version' : ''}`)
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

const backupFields = object({
  archive: optional(bool, true),
  archive_timeout: optional(archiveTimeout, archiveTimeoutMsDefault),
  base_every: optional<number | null>(duration(1_000, backupEveryMsMax), null),
  dump_every: optional<number | null>(duration(1_000, backupEveryMsMax), null),
  production_size: optional<number | null>(size(1, Number.MAX_SAFE_INTEGER), null),
})

function backups(spot: Spot, problems: Problems): BackupPlan | undefined {
  const read = backupFields(spot, problems)
  if (read === undefined) return undefined
  return {
    archive: read.archive,
    archiveTimeoutMs: read.archive_timeout,
    baseEveryMs: read.base_every,
    dumpEveryMs: read.dump_every,
    productionBytes: read.production_size,
  }
}

/** PostgreSQL counts it in whole seconds. */
function archiveTimeout(spot: Spot, problems: Problems): number | undefined {
  const ms = duration(0, archiveTimeoutMsMax)(spot, problems)
  return ms === undefined || ms % 1_000 === 0 ? ms : complain(spot, problems, 'whole seconds; 0 s: none')
}

const nodeFields = (known: Known) => ({
  role: required(oneOf<NodeRole>(['mcp', 'postgres', 'http', 'redis'], 'a role')),
  instances: optional(wholeIn(1, instancesMax), 1),
  port: optional<number | null>(wholeIn(1, 65_535), null),
  command: optional<readonly string[] | null>(list(anyText, 1), null),
  cwd: optional<string | null>(anyText, null),
  env: optional(environment, {}),
  stdio: optional<ReadStdio | null>(readStdio, null),
  ready: optional(ready, null),
  max_connections: optional<number | null>(wholeIn(10, connectionsMax), null),
  follows: optional<string | null>(anyText, null),
  synchronous: optional(bool, false),
  backups: optional<BackupPlan | null>(backups, null),
  era: optional<Era | null>(readEra, null),
  url: nothing('Squall starts the server itself; with kind: external it takes the one at that address'),
  headers: nothing('Squall starts the server itself, on loopback and without a login'),
  auth: nothing('Squall starts the server itself, on loopback and without a login'),
  tls: nothing('Squall starts the server itself, on loopback'),
  metrics: optional<MetricsPlan | null>(readMetrics(known), null),
  own: optional<OwnSessions | null>(readOwn, null),
  unused: optional<true | null>(only(true, 'Squall finds it out where it is not said'), null),
})

const serviceRoles: readonly NodeRole[] = ['http', 'redis']
/** What the words of a server's command begin with that tell where its database is. */
const databaseWord = 'database'

/** Keys that mean nothing on a node of another role. */
const keysOfRole: Readonly<Record<NodeRole, readonly string[]>> = {
  mcp: ['instances', 'command', 'cwd', 'env', 'ready', 'stdio', 'era', 'metrics'],
  postgres: ['max_connections', 'follows', 'synchronous', 'backups', 'own', 'unused'],
  http: ['command', 'cwd', 'env', 'ready'],
  redis: ['command', 'cwd', 'env', 'ready'],
}
const roles = Object.keys(keysOfRole) as readonly NodeRole[]

function readNode(name: string, known: Known, preset: string | null): Read<NodeSpec> {
  return (spot, problems) => {
    checkRoleKeys(spot, problems)
    checkService(name, spot, problems)
    checkStdio(spot, problems)
    id({ tree: { kind: 'scalar', value: name, source: name, place: spot.tree.place }, path: spot.path }, problems)
    const node = object(nodeFields(known))(spot, problems)
    if (node === undefined) return undefined
    const given = preset === null ? undefined : known.catalogue.presets.get(preset)
    const isServer = node.role === 'mcp'
    const isDatabase = node.role === 'postgres'
    return {
      id: name,
      role: node.role,
      instances: node.instances,
      port: node.port,
      ...startOf(node.command, node.stdio),
      cwd: node.cwd,
      env: isServer ? { ...given?.server.env, ...node.env } : node.env,
      readyPath: node.ready?.path ?? (isServer && (node.command ?? node.stdio) === null ? '/ready' : null),
      readyWithinMs: node.ready?.within ?? readyMsDefault,
      maxConnections: isDatabase ? (node.max_connections ?? given?.primary.maxConnections ?? connectionsDefault) : null,
      follows: isDatabase ? node.follows : null,
      synchronous: isDatabase && node.synchronous,
      backups: isDatabase ? node.backups : null,
      ownDisk: false,
      url: null,
      ...givenKeys({ era: node.era, metrics: node.metrics, own: node.own, unused: node.unused }),
    }
  }
}

/** Keys that runs of earlier versions lack, where the plan has them. */
function givenKeys<T extends object>(keys: { readonly [K in keyof T]: T[K] | null }): Partial<T> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== null)) as Partial<T>
}

function checkRoleKeys(spot: Spot, problems: Problems): void {
  const role = roles.find((one) => one === textOf(child(spot.tree, 'role')))
  if (role === undefined) return
  for (const key of new Set(roles.flatMap((other) => keysOfRole[other]))) {
    if (keysOfRole[role].includes(key) || child(spot.tree, key) === null) continue
    const others = roles.filter((other) => keysOfRole[other].includes(key)).join(' or ')
    const expected = `nothing: a node with role ${role} has no ${key}, one with role ${others} has`
    problems.add(placeOf(spot, key), joinPath(spot.path, key), receivedAt(spot, key), expected)
  }
}

/** None comes with Squall, so that each needs a command; a redis is asked by PING, whatever path it is given. */
function checkService(name: string, spot: Spot, problems: Problems): void {
  const role = serviceRoles.find((one) => one === textOf(child(spot.tree, 'role')))
  if (role === undefined) return
  if (child(spot.tree, 'command') === null) {
    const expected = `the command that starts it, such as [my-${role}, --port, "{port}"]`
    problems.add(placeOf(spot, 'command'), joinPath(spot.path, 'command'), 'nothing', expected)
  }
  if (name === databaseWord)
    problems.add(
      spot.tree.place,
      spot.path,
      name,
      'another name: {database_host} and {database_port} are the database’s',
    )
  const path = textOf(child(child(spot.tree, 'ready'), 'path'))
  if (role === 'redis' && path !== null)
    problems.add(placeOf(spot, 'ready'), joinPath(spot.path, 'ready.path'), path, 'nothing: a redis is asked by PING')
}

/** Which nodes a link may join, from each of its ends. */
function endsOf(known: Known): ReadonlyMap<string, readonly string[]> {
  const has = (role: NodeRole, isReplica: boolean) =>
    [...known.nodes]
      .filter(([, tree]) => textOf(child(tree, 'role')) === role && (child(tree, 'follows') !== null) === isReplica)
      .map(([name]) => name)
  const [servers, primaries, replicas] = [has('mcp', false), has('postgres', false), has('postgres', true)]
  const services = serviceRoles.flatMap((role) => has(role, false))
  return new Map([
    [usersEnd, servers],
    ...servers.map((name) => [name, [...primaries, ...services]] as const),
    ...primaries.map((name) => [name, replicas] as const),
  ])
}

function readLink(name: string, known: Known): Read<LinkSpec> {
  const ends = endsOf(known)
  return (spot, problems) => {
    const to = ends.get(textOf(child(spot.tree, 'from')) ?? '') ?? [...ends.values()].flat()
    const link = object({
      from: required(oneOf(ends.keys(), 'users, the server, or a database that others follow')),
      to: required(
        oneOf(
          to,
          'users lead to the server, that one to its database and to what else it uses, a database to its replicas',
        ),
      ),
    })(spot, problems)
    return link === undefined ? undefined : { id: name, ...link }
  }
}

/** `stack`: what is started and put under load. */
export function readStack(known: Known): Read<StackPlan> {
  if (known.isExternal) return readExternal(known)
  return (spot, problems) => {
    const kind = child(spot.tree, 'kind')
    const at = { tree: kind ?? spot.tree, path: joinPath(spot.path, 'kind') }
    // What a stack has to have depends on its kind: with an unknown one, all else would be guessed at.
    return kind !== null && localKind(at, problems) === undefined ? undefined : readLocal(known)(spot, problems)
  }
}

function readLocal(known: Known): Read<StackPlan> {
  return (spot, problems) => {
    const preset = textOf(child(spot.tree, 'preset'))
    const stack = object({
      kind: optional(localKind, 'local'),
      preset: optional<string | null>(oneOf(known.catalogue.presets.keys(), 'a preset'), null),
      disposable: optional<true>(only(true, 'a local stack is made for the run, and thrown away'), true),
      allow_hosts: nothing('a local stack is on this machine'),
      nodes: required(mapOf((name) => readNode(name, known, preset))),
      links: required(mapOf((name) => readLink(name, known))),
      supervisor: optional(readSupervisor, null),
      hooks: optional<HooksPlan | null>(readHooks, null),
    })(spot, problems)
    checkRoles(spot, known.nodes, problems)
    checkLinks(spot, known, problems)
    checkSupervisor(spot, known.isReplicated, problems)
    checkHooks(spot, problems)
    if (stack === undefined) return undefined
    const { allow_hosts: _, hooks, nodes, ...kept } = stack
    const own = hooks === null ? {} : { hooks }
    return { ...kept, ...own, nodes: mapValues(nodes, (node) => asItsPrimary(node, nodes)), allowHosts: [] }
  }
}

/** Whoever follows must have as many connections as the followed has (PostgreSQL 16 manual, 27.4.3), and roles change; it archives then. */
function asItsPrimary(node: NodeSpec, nodes: Readonly<Record<string, NodeSpec>>): NodeSpec {
  const primary = node.follows === null ? undefined : nodes[node.follows]
  if (primary === undefined) return node
  return { ...node, maxConnections: primary.maxConnections, backups: primary.backups ?? null }
}

function mapValues<V>(values: Readonly<Record<string, V>>, change: (value: V) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
}

/** What a replica takes over from its primary, and has none of its own of. */
const ofItsPrimary = [
  ['max_connections', 'nothing: a replica has as many as the database that it follows'],
  ['backups', 'nothing: a replica has those of the database that it follows'],
] as const

function checkRoles(spot: Spot, nodes: ReadonlyMap<string, Tree>, problems: Problems): void {
  const path = joinPath(spot.path, 'nodes')
  const complainOf = (names: readonly string[], expected: string): void =>
    problems.add(placeOf(spot, 'nodes'), path, names.join(', ') || 'none', expected)
  const has = (role: NodeRole) => [...nodes].filter(([, tree]) => textOf(child(tree, 'role')) === role)
  const replicas = has('postgres').filter(([, tree]) => child(tree, 'follows') !== null)
  const primaries = namesOf(has('postgres')).filter((name) => !namesOf(replicas).includes(name))
  if (has('mcp').length !== 1)
    complainOf(namesOf(has('mcp')), 'exactly one node with role mcp: others are not in this version')
  if (primaries.length !== 1)
    complainOf(primaries, 'exactly one node with role postgres that follows none: others are not in this version')
  if (replicas.length > replicasMax)
    complainOf(namesOf(replicas), `at most ${replicasMax} databases that follow another`)
  for (const [name, tree] of has('postgres')) {
    if (textOf(child(tree, 'follows')) !== null || child(tree, 'synchronous') === null) continue
    const received = receivedAt({ tree, path }, 'synchronous')
    const expected = 'nothing: only a database that follows another can be waited for'
    problems.add(placeOf({ tree, path }, 'synchronous'), `${path}.${name}.synchronous`, received, expected)
  }
  for (const [name, tree] of replicas) {
    const followed = textOf(child(tree, 'follows'))
    for (const [key, expected] of ofItsPrimary) {
      if (child(tree, key) === null) continue
      problems.add(placeOf({ tree, path }, key), `${path}.${name}.${key}`, receivedAt({ tree, path }, key), expected)
    }
    if (followed !== null && primaries.includes(followed)) continue
    const expected = `the database that follows none: ${primaries.join(', ') || 'there is none'}`
    problems.add(placeOf({ tree, path }, 'follows'), `${path}.${name}.follows`, followed ?? 'nothing', expected)
  }
}

function namesOf(nodes: readonly (readonly [string, Tree])[]): string[] {
  return nodes.map(([name]) => name)
}

/** One link at most between two ends, and one from the server. */
function checkLinks(spot: Spot, known: Known, problems: Problems): void {
  const links = [...known.links.values()]
  const ends = links.map((tree) => `${textOf(child(tree, 'from'))} to ${textOf(child(tree, 'to'))}`)
  const complainOf = (received: string, expected: string): void =>
    problems.add(placeOf(spot, 'links'), joinPath(spot.path, 'links'), received, expected)
  const roleAt = (tree: Tree, end: 'from' | 'to') =>
    textOf(child(known.nodes.get(textOf(child(tree, end)) ?? '') ?? null, 'role'))
  if (!links.some((tree) => roleAt(tree, 'from') === 'mcp' && roleAt(tree, 'to') === 'postgres'))
    complainOf([...known.links.keys()].join(', ') || 'none', 'a link from the server to the database')
  for (const twice of new Set(ends.filter((end, index) => ends.indexOf(end) !== index)))
    complainOf(`two links from ${twice}`, 'one')
}

/** One value is possible; the key is there because the schema has it. */
function only<T extends number | boolean>(value: T, why: string): Read<T> {
  return (spot, problems) =>
    spot.tree.kind === 'scalar' && spot.tree.value === value ? value : complain(spot, problems, `${value}: ${why}`)
}
