import type { Client } from 'pg'
import { tables } from './schema.ts'

/** MD5 of every table's rows in the order of their ids, as PostgreSQL prints them; table name → 32 hex digits. */
export async function checksums(client: Client): Promise<Record<string, string>> {
  await client.query(`set timezone = 'UTC'`)
  const sums: Record<string, string> = {}
  for (const { name } of tables) {
    // MD5 of row digests: one text of all rows could pass the 1 GB limit of a value.
    const { rows } = await client.query<{ sum: string }>(
      `select md5(string_agg(md5(t::text), '' order by t.id)) as sum from ${name} t`,
    )
    sums[name] = rows[0]?.sum ?? 'empty'
  }
  return sums
}
