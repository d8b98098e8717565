import type { Clock } from '../domain/clock.ts'
import type { Plan, Problem } from '../domain/plan.ts'
import type { Beside } from '../stack/external/external-stack.ts'
import { keptProxies } from '../stack/external/kept-proxies.ts'
import { askOutsideDatabase, loginUrl } from '../stack/external/outside-database.ts'
import { findLink } from '../stack/external/outside-links.ts'

/** The password of a database that Squall did not start, or why there is none where the plan names its variable. */
export function readPassword(
  { stack }: Pick<Plan, 'stack'>,
  typed: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly password: string | null; readonly problems: readonly Problem[] } {
  const database = Object.values(stack.nodes).find(({ role, url }) => role === 'postgres' && url !== null)
  if (typed !== null || database?.passwordEnv === undefined) return { password: typed, problems: [] }
  const { id, passwordEnv: name } = database
  const password = environment[name] ?? ''
  if (password !== '') return { password, problems: [] }
  const expected = `the environment variable ${name} to hold it`
  const path = `stack.nodes.${id}.password`
  return { password: null, problems: [{ path, received: `no value in ${name}`, expected, file: null, line: null }] }
}

/** What stands beside a server that Squall did not start. Rejects with a StackError. */
export async function findBeside(
  { stack }: Pick<Plan, 'stack'>,
  { password, stateDir, clock }: { readonly password: string | null; readonly stateDir: string; readonly clock: Clock },
  note: (text: string) => void,
): Promise<Beside> {
  const database = Object.values(stack.nodes).find(({ role }) => role === 'postgres')
  const databaseUrl = database === undefined ? null : loginUrl(database, password)
  if (database === undefined || databaseUrl === null) return { databaseUrl: null, links: [] }
  const hidden = await askOutsideDatabase(database.id, databaseUrl)
  if (hidden !== null) note(hidden)
  const kept = keptProxies(stateDir)
  const links = Object.values(stack.links).map((link) => findLink(link, databaseUrl, kept, clock))
  return { databaseUrl, links: await Promise.all(links) }
}
