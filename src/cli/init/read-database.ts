import { isAllowedHost } from '../../domain/allowed-hosts.ts'
import type { Behind } from '../../init/behind.ts'
import { databaseUrlProblem } from '../../plan/sections/database-url.ts'
import { DatabaseFlagError, findProxyBefore, readDatabaseFlag, type TypedDatabase } from '../database-flag.ts'

/** What the plan may say of the database, and the password that came with its address: that is never repeated. */
export interface NamedDatabase {
  readonly behind: Behind
  /** null: PGPASSWORD, if any. */
  readonly password: string | null
}

export function readDatabase(
  { database, allowHost }: { readonly database?: string; readonly allowHost: readonly string[] },
  problems: string[],
): NamedDatabase | null {
  if (database === undefined) return null
  const typed = typedOf(database, problems)
  if (typed === null) return null
  const { url, password } = typed
  const { hostname } = new URL(url)
  if (!isAllowedHost(hostname, allowHost)) {
    problems.push(`--database: got ${hostname}; expected this machine, or --allow-host ${hostname} too`)
    return null
  }
  return { behind: { url, proxy: findProxyBefore(url) }, password }
}

/** As the plan that is written will be read. */
function typedOf(database: string, problems: string[]): TypedDatabase | null {
  try {
    const typed = readDatabaseFlag(database)
    const problem = databaseUrlProblem(typed.url, {
      example: 'an address such as postgres://user@127.0.0.1:5432/shop',
      password: 'it is in PGPASSWORD',
    })
    if (problem === null) return typed
    problems.push(`--database: got ${problem.received}; expected ${problem.expected}`)
  } catch (error) {
    if (!(error instanceof DatabaseFlagError)) throw error
    problems.push(error.message)
  }
  return null
}
