import { join } from 'node:path'
import type { Clock } from '../../domain/clock.ts'
import { copyNameOf, type DatabasePlace, databaseUrlAt, walSuffix } from './database.ts'
import { attemptMsMax, baseBackupMsMax, pollMs, promoteMsMax, streamingMsMax } from './limits.ts'
import type { StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { runOnce } from './run-once.ts'
import type { StartContext } from './starting.ts'
import { withDatabase } from './with-database.ts'

/** Resolves when it takes writes; at once where it does already, so that it may be tried again. */
export async function promote(url: string): Promise<void> {
  const sql = `select case when pg_is_in_recovery() then pg_promote(true, ${promoteMsMax / 1_000}) else true end as done`
  await withDatabase(url, promoteMsMax + attemptMsMax, async (client) => {
    const { rows } = await client.query<{ done: boolean }>(sql)
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

/** All that the node's data folder had is gone, and a copy of the followed database as it is now lies there. */
export async function cloneFrom(
  followedPort: number,
  { node, dataDir, logPath }: DatabasePlace,
  engines: StackEngines,
  context: StartContext,
): Promise<void> {
  const { superuser } = engines.dataTemplate
  const account = engines.places.postgresAccount
  const backup = join(engines.postgres.binDir, 'pg_basebackup')
  const script =
    `wal="$1${walSuffix}"; if [ -d "$wal" ]; then find "$wal" -mindepth 1 -delete && set -- "$@" "--waldir=$wal"; fi; ` +
    'data=$1; find "$data" -mindepth 1 -delete && shift && exec "$@" -D "$data"'
  const from = ['-h', loopback, '-p', String(followedPort), '-U', superuser.name]
  const options = [...from, '-X', 'stream', '-c', 'fast', '--no-sync']
  const spec = {
    name: copyNameOf(node.id),
    argv: ['sh', '-c', script, 'clone', dataDir, backup, ...options],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', PGPASSWORD: superuser.password },
    logPath,
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  }
  const why = await runOnce(spec, baseBackupMsMax, context)
  if (why !== null) throw new Error(`${node.id} could not be cloned from the present primary: ${why}; see ${logPath}`)
}

export function superuserUrl(engines: StackEngines, port: number): string {
  return databaseUrlAt(engines, 'superuser', loopback, port)
}
