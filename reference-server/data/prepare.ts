import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { indexTable, loadTable, referTable, tables } from './schema.ts'
import type { Table } from './table.ts'

// Two loaders use a small machine's two cores and still leave the server room to answer a start-up check.
const loaderCount = 2

/**
 * Creates and fills the 24 tables in an empty database, then freezes and analyzes them so that no vacuum is due
 * while a run is measured. The content depends on the seed alone.
 * Throws when a table of that name is there already, and on any error of the database.
 */
export async function prepare(databaseUrl: string, seed: number): Promise<void> {
  const clients = Array.from({ length: loaderCount }, () => new pg.Client({ connectionString: databaseUrl }))
  try {
    await Promise.all(clients.map((client) => client.connect()))
    await shareOut(clients, (table) => [...loadTable(table, seed), ...indexTable(table)])
    const [first] = clients
    if (first === undefined) throw new Error('no loader')
    // One after the other: each takes a lock on two tables, and two loaders could deadlock.
    for (const statement of tables.flatMap(referTable)) await first.query(statement)
    await shareOut(clients, (table) => [`vacuum (freeze, analyze) ${table.name}`])
    await checkpoint(first)
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

/** So that none falls into a run. Only superusers may; for others it comes when it comes. */
async function checkpoint(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ allowed: boolean }>(
    `select rolsuper as allowed from pg_roles where rolname = current_user`,
  )
  if (rows[0]?.allowed === true) await client.query('checkpoint')
}

/** Each client takes the largest table that is left, until none is. */
async function shareOut(
  clients: readonly pg.Client[],
  statementsOf: (table: Table) => readonly string[],
): Promise<void> {
  const left = tables.toSorted((a, b) => b.rows - a.rows)
  await Promise.all(
    clients.map(async (client) => {
      for (let table = left.shift(); table !== undefined; table = left.shift()) {
        for (const statement of statementsOf(table)) await client.query(statement)
      }
    }),
  )
}

function seedFrom(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined
  return Number(text)
}

async function main(): Promise<number> {
  const databaseUrl = process.env.DATABASE_URL
  const seed = seedFrom(process.env.SEED)
  const problems: string[] = []
  if (databaseUrl === undefined || databaseUrl === '') problems.push('DATABASE_URL: missing; expected postgres://…')
  if (seed === undefined) problems.push(`SEED: got ${JSON.stringify(process.env.SEED)}; expected 0..999999999`)
  if (databaseUrl === undefined || seed === undefined || problems.length > 0) {
    process.stderr.write(`${problems.join('\n')}\n`)
    return 64
  }
  try {
    await prepare(databaseUrl, seed)
    return 0
  } catch (error) {
    process.stderr.write(`prepare: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main()
}
