import { join } from 'node:path'
import type { Clock } from '../../domain/clock.ts'
import type { KeeperClient } from '../../keeper/client.ts'
import { type DatabasePlace, databaseUrlAt } from './database.ts'
import { attemptMsMax, baseBackupMsMax, pollMs, promoteMsMax, streamingMsMax } from './limits.ts'
import type { StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { howEnded, type StartContext } from './starting.ts'
import { withDatabase } from './with-database.ts'

/** Resolves when it takes writes: `pg_promote` answers then. */
export async function promote(url: string): Promise<void> {
  await withDatabase(url, promoteMsMax, async (client) => {
    const { rows } = await client.query<{ done: boolean }>(`select pg_promote(true, ${promoteMsMax / 1_000}) as done`)
    if (rows[0]?.done !== true) throw new Error(`no write was taken within ${promoteMsMax} ms of the promotion`)
  })
}

/** Waits until that many replicas stream from the database, each by its node's id. Rejects when they do not in time. */
export async function streaming(url: string, ids: readonly string[], clock: Clock, signal: AbortSignal): Promise<void> {
  const endUs = clock.monotonicUs() + streamingMsMax * 1_000
  const asked = `select application_name from pg_stat_replication where state = 'streaming'`
  let missing = ids
  while (missing.length > 0) {
    const names: readonly string[] = await withDatabase(url, attemptMsMax, async (client) => {
      const { rows } = await client.query<{ application_name: string }>(asked)
      return rows.map((row) => row.application_name)
    }).catch(() => [])
    missing = ids.filter((id) => !names.includes(id))
    if (missing.length === 0) return
    signal.throwIfAborted()
    if (clock.monotonicUs() > endUs) throw new Error(`${missing.join(', ')} did not stream within ${streamingMsMax} ms`)
    await clock.sleep(pollMs, signal)
  }
}

/**
 * All that the node's data folder had is gone, and a copy of the followed database as it is now lies there. By a process
 * of the keeper's, so that it does not go on when we are gone.
 */
export async function cloneFrom(
  followedPort: number,
  { node, dataDir, logPath }: DatabasePlace,
  engines: StackEngines,
  { keeper, clock, signal }: StartContext,
): Promise<void> {
  const { superuser } = engines.dataTemplate
  const account = engines.places.postgresAccount
  const backup = join(engines.postgres.binDir, 'pg_basebackup')
  const script =
    'find "$1" -mindepth 1 -delete && exec "$2" -D "$1" -h "$3" -p "$4" -U "$5" -X stream -c fast --no-sync'
  const name = `copy-${node.id}`
  const spec = {
    name,
    argv: ['sh', '-c', script, 'clone', dataDir, backup, loopback, String(followedPort), superuser.name],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', PGPASSWORD: superuser.password },
    logPath,
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  }
  const why = await endOf(name, keeper, () => keeper.spawn(spec), clock.sleep(baseBackupMsMax, signal))
  if (why !== null) throw new Error(`${node.id} could not be cloned from the present primary: ${why}; see ${logPath}`)
}

/** null: it ended well. */
async function endOf(
  name: string,
  keeper: KeeperClient,
  spawn: () => Promise<unknown>,
  late: Promise<void>,
): Promise<string | null> {
  const ended = Promise.withResolvers<string | null>()
  const forget = keeper.onExited((event) => {
    if (event.name === name) ended.resolve(event.code === 0 ? null : howEnded(event))
  })
  try {
    await spawn()
    const why = await Promise.race([ended.promise, late.then(() => `no end within ${baseBackupMsMax} ms`)])
    if (why !== null) await keeper.stop(name, { signal: 'SIGKILL', graceMs: 0 }).catch(() => undefined)
    return why
  } finally {
    forget()
  }
}

export function superuserUrl(engines: StackEngines, port: number): string {
  return databaseUrlAt(engines, 'superuser', loopback, port)
}
