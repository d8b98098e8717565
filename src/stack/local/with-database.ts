import pg from 'pg'
import { attemptMsMax } from './limits.ts'

/** One connection, for what the stack itself has to say to a database. */
export async function withDatabase<T>(url: string, msMax: number, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: attemptMsMax,
    query_timeout: msMax,
    application_name: 'squall stack',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    // Not waited for: a server that hangs must not make us hang.
    client.end().catch(() => undefined)
  }
}
