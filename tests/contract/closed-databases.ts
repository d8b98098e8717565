/**
 * A platform of one's own, for hooks: `node closed-databases.ts inject|heal|verify URL`. All databases of a server but
 * its templates take no connection, and those that are open end; until they take them again. Each may be run twice.
 */
import pg from 'pg'

const [word, databaseUrl = ''] = process.argv.slice(2)
const url = new URL(databaseUrl)
const asked = url.pathname.slice(1)
// The one that cannot be closed is the one that we are in.
url.pathname = '/template1'
const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 3_000, query_timeout: 5_000 })
await client.connect()
const databases = ['postgres', asked]
const allow = async (isAllowed: boolean): Promise<void> => {
  for (const name of databases)
    await client.query(`alter database ${client.escapeIdentifier(name)} allow_connections ${isAllowed}`)
}
if (word === 'inject') {
  await allow(false)
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)', [databases])
} else if (word === 'heal') await allow(true)
else {
  const sql = 'select datname from pg_database where not datallowconn and datname = any($1)'
  const { rows } = await client.query<{ datname: string }>(sql, [databases])
  for (const { datname } of rows) console.error(`${datname} takes no connection`)
  process.exitCode = rows.length === 0 ? 0 : 1
}
console.log(`${word}: done`)
await client.end()
