import { isAllowedHost } from '../../domain/allowed-hosts.ts'
import type { Behind } from '../../init/behind.ts'
import { databaseUrlProblem } from '../../plan/sections/database-url.ts'
import { DatabaseFlagError, findProxyBefore, readDatabaseFlag } from '../database-flag.ts'

/** What the plan may say of the database: its address without the password, which is never repeated. */
export function readDatabase(
  { database, allowHost }: { readonly database?: string; readonly allowHost: readonly string[] },
  problems: string[],
): Behind | null {
  if (database === undefined) return null
  const url = urlOf(database, problems)
  if (url === null) return null
  const { hostname } = new URL(url)
  if (!isAllowedHost(hostname, allowHost)) {
    problems.push(`--database: got ${hostname}; expected this machine, or --allow-host ${hostname} too`)
    return null
  }
  return { url, proxy: findProxyBefore(url) }
}

/** As the plan that is written will be read. */
function urlOf(database: string, problems: string[]): string | null {
  try {
    const { url } = readDatabaseFlag(database)
    const problem = databaseUrlProblem(url, {
      example: 'an address such as postgres://user@127.0.0.1:5432/shop',
      password: 'it is in PGPASSWORD',
    })
    if (problem === null) return url
    problems.push(`--database: got ${problem.received}; expected ${problem.expected}`)
  } catch (error) {
    if (!(error instanceof DatabaseFlagError)) throw error
    problems.push(error.message)
  }
  return null
}
