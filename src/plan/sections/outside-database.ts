import type { LinkSpec, NodeRole, NodeSpec, OwnSessions } from '../../domain/plan.ts'
import { type Known, textOf } from '../known.ts'
import type { Problems } from '../problems.ts'
import { nothing, object, oneOf, optional, type Read, required, type Spot } from '../shape.ts'
import { child, showTree } from '../tree.ts'
import { databaseUrl, isEncoded } from './database-url.ts'
import { readOwn } from './own-sessions.ts'
import { readyMsDefault } from './ready.ts'
import { fromVariable } from './variable.ts'

const url = databaseUrl({
  example: 'the address of a database, such as postgres://app@127.0.0.1:5432/shop',
  password: 'it is in PGPASSWORD, or password: {env: NAME} names its variable',
})

const ofOwnStart = 'Squall did not start this database'

const databaseFields = {
  role: required(oneOf<NodeRole>(['postgres'], 'the role of a database')),
  url: required(url),
  password: optional<{ readonly env: string } | null>(fromVariable, null),
  own: optional<OwnSessions | null>(readOwn, null),
  max_connections: nothing(`${ofOwnStart}: it tells itself how many it takes`),
  follows: nothing(`${ofOwnStart}: name the one that takes writes`),
  synchronous: nothing(ofOwnStart),
  backups: nothing(ofOwnStart),
  port: nothing(`${ofOwnStart}: its port is in the url`),
}

/** A PostgreSQL by its address, to look at. */
export function readOutsideDatabase(name: string): Read<NodeSpec> {
  return (spot, problems) => {
    const database = object(databaseFields)(spot, problems)
    if (database === undefined) return undefined
    const { url, password, own } = database
    return {
      id: name,
      role: 'postgres',
      instances: 1,
      port: null,
      command: null,
      cwd: null,
      env: {},
      readyPath: null,
      readyWithinMs: readyMsDefault,
      maxConnections: null,
      follows: null,
      synchronous: false,
      ownDisk: false,
      url,
      ...(password === null ? {} : { passwordEnv: password.env }),
      ...(own === null ? {} : { own }),
    }
  }
}

/** A proxy's name, as `squall proxy --name` has it, or its address in a Toxiproxy's API. */
const proxyName: Read<string> = (spot, problems) => {
  const text = textOf(spot.tree) ?? ''
  if (/^[a-z][a-z0-9-]{0,39}$/.test(text) || isProxyUrl(text)) return text
  // Quoted without what may be a login.
  const received = text.includes('@') ? 'a value' : showTree(spot.tree)
  const expected = 'the --name of a squall proxy, or http://127.0.0.1:8474/proxies/NAME, without a login'
  problems.add(spot.tree.place, spot.path, received, expected)
  return undefined
}

function isProxyUrl(text: string): boolean {
  const url = /^http:\/\/[^/\\]+\/proxies\/[^/\\?#]+$/.test(text) ? URL.parse(text) : null
  if (url === null || url.username !== '' || url.password !== '') return false
  return isEncoded(url.pathname)
}

/** What a proxy that the server was pointed at makes of the way to its database. */
export function readOutsideLink(name: string, known: Known): Read<LinkSpec> {
  const idsOf = (role: NodeRole) =>
    [...known.nodes].filter(([, node]) => textOf(child(node, 'role')) === role).map(([id]) => id)
  return (spot: Spot, problems: Problems) => {
    const link = object({
      from: required(oneOf(idsOf('mcp'), 'the server')),
      to: required(oneOf(idsOf('postgres'), 'the database')),
      proxy: optional<string | null>(proxyName, null),
    })(spot, problems)
    if (link === undefined) return undefined
    const { from, to, proxy } = link
    return { id: name, from, to, ...(proxy === null ? {} : { proxy }) }
  }
}
