import type { NodeSpec } from '../../domain/plan.ts'
import { withDatabase } from '../local/with-database.ts'
import { StackError } from '../stack-error.ts'

/** Over a network, and by a server that is busy. */
const answerMsMax = 5_000

/** The node's address with the password that came with it, for our own connections only. null: PGPASSWORD, if any. */
export function loginUrl({ url }: Pick<NodeSpec, 'url'>, password: string | null): string | null {
  if (url === null || password === null) return url
  const login = new URL(url)
  login.password = encodeURIComponent(password)
  return login.href
}

/**
 * Asks the database once. Resolves to what its login may not see, in words; null: it may see all. Rejects with a
 * StackError when it does not answer, in which no password is.
 */
export async function askOutsideDatabase(id: string, url: string): Promise<string | null> {
  const sql = `select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as may_see, current_user as login`
  try {
    return await withDatabase(url, answerMsMax, async (client) => {
      const [row] = (await client.query<{ may_see: boolean; login: string }>(sql)).rows
      if (row === undefined || row.may_see) return null
      return `${row.login} may not see what others' sessions do at ${id}: grant pg_monitor to ${row.login}`
    })
  } catch (error) {
    const { host, pathname, username } = new URL(url)
    throw new StackError({
      kind: 'database_does_not_answer',
      message: `${id} at ${username === '' ? '' : `${username}@`}${host}${pathname} does not let us in: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'is that its address, past the proxy? The password is in PGPASSWORD, or password: {env: NAME} of the node names its variable',
    })
  }
}
