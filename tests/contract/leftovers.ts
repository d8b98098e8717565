import { listOpenRuns } from '../../src/keeper/clear.ts'
import { readMemoryLimit } from '../../src/keeper/memory-limit.ts'
import { isRunning } from '../../src/keeper/process-table.ts'
import { readUndos } from '../../src/keeper/state-folder.ts'
import type { Engines } from '../../src/setup/engines.ts'
import { withDatabase } from '../../src/stack/local/with-database.ts'

/** An answer on loopback takes some ms. */
const msMax = 2_000

function urlOf(engines: Engines, login: 'superuser' | 'application', port: number): string {
  const { [login]: who, database } = engines.dataTemplate
  return `postgres://${who.name}:${encodeURIComponent(who.password)}@127.0.0.1:${port}/${database}`
}

function leftInDatabase(engines: Engines, port: number): Promise<readonly string[]> {
  return withDatabase(urlOf(engines, 'superuser', port), msMax, async (client) => {
    const sql = `select 'session ' || application_name as what from pg_stat_activity
        where application_name like 'squall fault %' or application_name in ('squall operator', 'squall undo')
      union all select 'setting ' || name from pg_settings where sourcefile like '%postgresql.auto.conf'
      union all select 'replay ' || pg_get_wal_replay_pause_state()
        where pg_is_in_recovery() and pg_get_wal_replay_pause_state() <> 'not paused'`
    const { rows } = await client.query<{ what: string }>(sql)
    return rows.map(({ what }) => what)
  })
}

/** As the system itself would: an ordinary user, in a transaction that is committed. Rejects where none is taken. */
async function write(engines: Engines, port: number): Promise<void> {
  await withDatabase(urlOf(engines, 'application', port), msMax, async (client) => {
    await client.query('drop table if exists contract_probe')
    await client.query('create table contract_probe (id int)')
    await client.query('drop table contract_probe')
  })
}

/** One of the two databases follows the other again. */
async function missingReplica(engines: Engines, port: number): Promise<readonly string[]> {
  const sql = "select count(*)::int as count from pg_stat_replication where state = 'streaming'"
  return withDatabase(urlOf(engines, 'superuser', port), msMax, async (client) => {
    const { rows } = await client.query<{ count: number }>(sql)
    return rows[0]?.count === 1 ? [] : [`${rows[0]?.count} replicas stream, not one`]
  })
}

interface ProxyState {
  readonly enabled: boolean
  readonly toxics: readonly object[]
}

async function leftInProxy(apiPort: number): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${apiPort}/proxies`, { signal: AbortSignal.timeout(msMax) })
  const proxies = (await response.json()) as Readonly<Record<string, ProxyState>>
  return Object.entries(proxies).flatMap(([name, { enabled, toxics }]) => [
    ...(enabled ? [] : [`proxy ${name} disabled`]),
    ...toxics.map((toxic) => `toxic ${JSON.stringify(toxic)}`),
  ])
}

/** A limit that the stack's own start did not give. */
function leftInLimits(name: string, pid: number): readonly string[] {
  const [own, before] = [readMemoryLimit(pid), readMemoryLimit(process.pid)]
  return own === before ? [] : [`${name} may have ${own} of memory`]
}

/** What a fault has left of itself in a stack that runs, one line each. Empty: nothing. */
export async function leftBehind(engines: Engines, runFolder: string): Promise<readonly string[]> {
  const run = listOpenRuns(engines.places.stateDir).find(({ record }) => record?.runFolder === runFolder)
  if (!run?.record) return [`no open run in ${runFolder}`]
  // The last process of each name: those before it have been ended and started anew.
  const processes = new Map(run.record.processes.map((one) => [one.name, one]))
  const portOf = (name: string): number => processes.get(name)?.ports[0] ?? 0
  const isReplicated = processes.has('replica')
  const servers = processes.has('balancer') ? ['server-1', 'server-2', 'balancer'] : ['server']
  const names = [...servers, 'primary', 'toxiproxy', ...(isReplicated ? ['replica', 'router', 'cache', 'crm'] : [])]
  const ended = names.filter((name) => {
    const process = processes.get(name)
    return process === undefined || !isRunning(process)
  })
  const left = [
    ...ended.map((name) => `${name} does not run`),
    ...readUndos(run.stateFolder).undos.map(({ id }) => `undo ${id}`),
    ...names.flatMap((name) => leftInLimits(name, processes.get(name)?.pid ?? 0)),
    ...(await leftInProxy(portOf('toxiproxy'))),
    ...(await leftInDatabase(engines, portOf('primary'))),
    ...(isReplicated ? await leftInDatabase(engines, portOf('replica')) : []),
    ...(isReplicated ? await missingReplica(engines, portOf('router')) : []),
  ]
  await write(engines, portOf(isReplicated ? 'router' : 'primary'))
  return left
}
