import { isAllowedHost } from '../../domain/allowed-hosts.ts'
import { type Era, eras } from '../../domain/era.ts'
import type { HeaderSource, MetricsPlan, NodeRole, NodeSpec, StackPlan } from '../../domain/plan.ts'
import { hostsOf } from '../addresses.ts'
import { type Known, textOf } from '../known.ts'
import type { Problems } from '../problems.ts'
import {
  anyText,
  bool,
  complain,
  type Field,
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
} from '../shape.ts'
import { child, type Place, showTree, type Tree } from '../tree.ts'
import { readMetrics } from './metrics.ts'
import { readOutsideDatabase, readOutsideLink } from './outside-database.ts'
import { readyMsDefault, urlPath } from './ready.ts'
import { fromVariable, variable } from './variable.ts'

/** http or https; who one is does not stand in it, since addresses are recorded. */
export const serverUrl: Read<string> = (spot, problems) => {
  const url = URL.parse(textOf(spot.tree) ?? '')
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const received = (textOf(spot.tree) ?? '').includes('@') ? 'a value' : showTree(spot.tree)
    problems.add(spot.tree.place, spot.path, received, 'the address of a server, such as http://127.0.0.1:8080/mcp')
    return undefined
  }
  if (url.username === '' && url.password === '') return url.href
  const expected = 'an address without a login, as addresses are recorded: name the variable that holds it, in headers'
  problems.add(spot.tree.place, spot.path, url.host, expected)
  return undefined
}

const hostName: Read<string> = (spot, problems) => {
  const text = textOf(spot.tree)
  const isName = text !== null && URL.parse(`http://${text}/`)?.hostname === text.toLowerCase()
  return isName ? text.toLowerCase() : complain(spot, problems, 'the name of a host without a port, such as mcp.test')
}

/** What says how a request is to be read, and whose it is, is Squall's. */
const ownHeaders = /^(accept|content-type|content-length|connection|host|transfer-encoding|mcp-.*)$/i

export function isHeaderName(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)
}

export function isOwnHeader(name: string): boolean {
  return ownHeaders.test(name)
}

function header(name: string): Read<HeaderSource> {
  return (spot, problems) => {
    if (!isHeaderName(name)) return complain(spot, problems, 'a header name as key')
    if (isOwnHeader(name)) return complain(spot, problems, `another header: Squall sets ${name} itself`)
    if (spot.tree.kind !== 'map') {
      // Not quoted: it may be the secret itself.
      const expected = `the name of the variable that holds it, such as {env: MCP_TOKEN}: a plan holds no secrets`
      problems.add(spot.tree.place, spot.path, 'a value', expected)
      return undefined
    }
    return object({ env: required(variable), prefix: optional(anyText, '') })(spot, problems)
  }
}

/** `auto`: the newest that the server speaks. */
export const readEra: Read<Era | null> = (spot, problems) => {
  const era = oneOf(['auto', ...eras], 'an era')(spot, problems)
  return era === undefined ? undefined : (eras.find((one) => one === era) ?? null)
}

const ofOwnStart = 'Squall did not start this server; with kind: local it does, by the `command` of the node'
const mayBe = (accepted: readonly unknown[]): Field<null> => {
  const { read } = nothing(ofOwnStart)
  const absent = { value: null }
  return {
    absent,
    read: (spot, problems) =>
      spot.tree.kind === 'scalar' && accepted.includes(spot.tree.value) ? null : read(spot, problems),
  }
}

const serverFields = (known: Known) => ({
  role: required(oneOf<NodeRole>(['mcp'], 'the role of a server')),
  url: required(serverUrl),
  headers: optional(mapOf(header), {}),
  auth: optional<{ readonly env: string } | null>(fromVariable, null),
  tls: optional<{ readonly ca: string } | null>(object({ ca: required(anyText) }), null),
  era: optional<Era | null>(readEra, null),
  ready: optional<{ readonly path: string } | null>(object({ path: required(urlPath) }), null),
  instances: mayBe([1]),
  port: nothing(ofOwnStart),
  command: nothing(ofOwnStart),
  cwd: nothing(ofOwnStart),
  env: nothing(ofOwnStart),
  metrics: optional<MetricsPlan | null>(readMetrics(known), null),
})

function readServer(name: string, known: Known): Read<NodeSpec> {
  return (spot, problems) => {
    const server = object(serverFields(known))(spot, problems)
    if (server === undefined) return undefined
    const { url, tls, auth, era } = server
    const problemAt = (key: string, expected: string): void =>
      problems.add(placeOf(spot, key), joinPath(spot.path, key), receivedAt(spot, key), expected)
    if (tls !== null && !url.startsWith('https:')) problemAt('tls', 'an address that begins with https')
    if (auth !== null && Object.keys(server.headers).some((header) => header.toLowerCase() === 'authorization'))
      problemAt('auth', 'either auth, which is Authorization: Bearer, or headers.Authorization')
    const bearer = auth === null ? {} : { Authorization: { env: auth.env, prefix: 'Bearer ' } }
    const headers = { ...server.headers, ...bearer }
    return {
      id: name,
      role: 'mcp',
      instances: 1,
      port: null,
      command: null,
      cwd: null,
      env: {},
      readyPath: server.ready?.path ?? null,
      readyWithinMs: readyMsDefault,
      maxConnections: null,
      follows: null,
      synchronous: false,
      ownDisk: false,
      url,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(tls === null ? {} : { caFile: tls.ca }),
      ...(era === null ? {} : { era }),
      ...(server.metrics === null ? {} : { metrics: server.metrics }),
    }
  }
}

function readNode(name: string, known: Known): Read<NodeSpec> {
  return (spot, problems) => {
    const role = textOf(child(spot.tree, 'role'))
    if (role === 'mcp') return readServer(name, known)(spot, problems)
    if (role === 'postgres') return readOutsideDatabase(name)(spot, problems)
    return complain(
      spot,
      problems,
      'only the server and its database: take the others out, by null where they are inherited',
    )
  }
}

/** `stack` of kind `external`: a server that Squall did not start, by its address. */
export function readExternal(known: Known): Read<StackPlan> {
  return (spot, problems) => {
    const stack = object({
      kind: required(oneOf<'external'>(['external'], 'the kind of a stack that is named by its addresses')),
      preset: nothing('a preset is of the reference server: write preset: null where it is inherited'),
      disposable: optional(bool, false),
      allow_hosts: optional(list(hostName), []),
      nodes: required(mapOf((name) => readNode(name, known))),
      links: optional(
        mapOf((name) => readOutsideLink(name, known)),
        {},
      ),
      supervisor: nothing(ofOwnStart),
      hooks: nothing(ofOwnStart),
    })(spot, problems)
    checkOneServer(spot, known, problems)
    if (stack === undefined) return undefined
    const { kind, disposable, allow_hosts: allowHosts, nodes, links } = stack
    checkNamed(spot, { nodes, links, allowHosts }, problems)
    return { kind, preset: null, disposable, allowHosts, nodes, links, supervisor: null }
  }
}

function checkOneServer(spot: Spot, { nodes }: Known, problems: Problems): void {
  const idsOf = (role: NodeRole) =>
    [...nodes].filter(([, tree]: readonly [string, Tree]) => textOf(child(tree, 'role')) === role).map(([name]) => name)
  const tell = (ids: readonly string[], expected: string): void =>
    problems.add(placeOf(spot, 'nodes'), joinPath(spot.path, 'nodes'), ids.join(', ') || 'none', expected)
  const [servers, databases] = [idsOf('mcp'), idsOf('postgres')]
  if (servers.length !== 1) tell(servers, 'exactly one node with role mcp')
  if (databases.length > 1) tell(databases, 'one node with role postgres at most')
}

/** The plan's half of who may be put under load; the command line's is checked where its flags are known. */
function checkNamed(spot: Spot, stack: Pick<StackPlan, 'nodes' | 'links' | 'allowHosts'>, problems: Problems): void {
  for (const { keys, host } of hostsOf(stack)) {
    if (isAllowedHost(host, stack.allowHosts)) continue
    const expected = `this machine, or allow_hosts: [${host}] beside nodes, and --allow-host ${host}`
    problems.add(placeBelow(spot.tree, keys), joinPath(spot.path, keys.join('.')), host, expected)
  }
}

function placeBelow(tree: Tree, keys: readonly string[]): Place {
  let at = tree
  for (const key of keys) at = child(at, key) ?? at
  return at.place
}
