import { Agent } from 'node:http'
import pg from 'pg'
import { prepare } from '../data/prepare.ts'
import { McpClient, send } from './mcp-client.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { startTemporaryPostgres } from './temporary-postgres.ts'

// A remediated pool of 100, the readiness check, and the test's own connections.
const slotsMax = 130

export interface PreparedDatabase extends AsyncDisposable {
  readonly agent: Agent
  /** A connection of the test's own: holds locks, ends backends, looks at the rows. */
  readonly admin: pg.Client
  /** A server with these settings on this database, and a client with an open session. */
  serve(env: Readonly<Record<string, string>>): Promise<{ server: ServerProcess; client: McpClient }>
  metrics(server: ServerProcess, path?: '/metrics' | '/metrics/pool'): Promise<string>
}

/** A PostgreSQL of its own with the seeded data. */
export async function startPreparedDatabase(seed: number): Promise<PreparedDatabase> {
  const database = await startTemporaryPostgres(slotsMax)
  const agent = new Agent({ keepAlive: true })
  const admin = new pg.Client({ connectionString: database.url, application_name: 'test' })
  const dispose = async (): Promise<void> => {
    agent.destroy()
    await admin.end()
    await database[Symbol.asyncDispose]()
  }
  try {
    await admin.connect()
    await prepare(database.url, seed)
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    agent,
    admin,
    serve: async (env) => {
      const server = await startServerProcess({ DATABASE_URL: database.url, ...env })
      const client = new McpClient(agent, server.url)
      await client.open()
      return { server, client }
    },
    metrics: async (server, path = '/metrics/pool') => (await send(agent, `${server.origin}${path}`, 'GET', {})).text,
    [Symbol.asyncDispose]: dispose,
  }
}
