import { isEncoded } from '../plan/sections/database-url.ts'
import { findPlaces } from '../setup/places.ts'
import { keptProxies } from '../stack/external/kept-proxies.ts'
import { upstreamOf } from '../stack/external/upstream.ts'

/** `--database` as it was typed, and the password that was typed with it: that goes no further than our own connections. */
export interface TypedDatabase {
  readonly url: string
  readonly password: string | null
}

/** Quotes nothing of what was typed: it may hold the password. */
export class DatabaseFlagError extends Error {
  readonly exitCode = 64

  constructor(message: string) {
    super(message)
    this.name = 'DatabaseFlagError'
  }
}

/**
 * A text that is no address is left to the plan's checks, which never repeat it.
 * @throws DatabaseFlagError where the password cannot be read
 */
export function readDatabaseFlag(text: string): TypedDatabase {
  const url = URL.parse(text)
  if (url === null || url.password === '') return { url: text, password: null }
  if (!isEncoded(url.password))
    throw new DatabaseFlagError('--database: the password cannot be read: a % in a password is written %25')
  const password = decodeURIComponent(url.password)
  url.password = ''
  return { url: url.href, password }
}

/** The name of the proxy that `squall proxy` keeps before this database; null: none is kept. */
export function findProxyBefore(databaseUrl: string): string | null {
  const upstream = upstreamOf(databaseUrl)
  return keptProxies(findPlaces().stateDir).find((proxy) => proxy.upstream === upstream)?.name ?? null
}
