import { join } from 'node:path'
import { copyNameOf, type DatabasePlace, databaseUrlAt, walSuffix } from './database.ts'
import { attemptMsMax, baseBackupMsMax, promoteMsMax } from './limits.ts'
import type { StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { runOnce } from './run-once.ts'
import type { StartContext } from './starting.ts'
import type { Position } from './succession.ts'
import { withDatabase } from './with-database.ts'

/** Resolves when it takes writes; at once where it does already, so that it may be tried again. */
export async function promote(url: string): Promise<void> {
  const sql = `select case when pg_is_in_recovery() then pg_promote(true, ${promoteMsMax / 1_000}) else true end as done`
  await withDatabase(url, promoteMsMax + attemptMsMax, async (client) => {
    const { rows } = await client.query<{ done: boolean }>(sql)
    if (rows[0]?.done !== true) throw new Error(`no write was taken within ${promoteMsMax} ms of the promotion`)
  })
}

/** After a restart what was received counts from the first that is received again, hence the greater of the two. */
const askPosition = `select
  (select max(('x' || left(name, 8))::bit(32)::int) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$') as timeline,
  pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')::text as received,
  pg_is_in_recovery() and pg_get_wal_replay_pause_state() <> 'not paused' as paused`

/** Rejects when it does not answer. */
export async function positionOf(url: string): Promise<Position> {
  return await withDatabase(url, attemptMsMax, async (client) => {
    const { rows } = await client.query<{ timeline: number; received: string | null; paused: boolean }>(askPosition)
    const [row] = rows
    if (row === undefined) throw new Error('no row')
    return { timeline: row.timeline, received: Number(row.received ?? 0), isPaused: row.paused }
  })
}

/** Those that do not stream from the database in time, by their nodes' ids; rejects when the signal aborts. */
export async function notStreaming(
  url: string,
  ids: readonly string[],
  { msMax, everyMs }: { readonly msMax: number; readonly everyMs: number },
  { clock, signal }: Pick<StartContext, 'clock' | 'signal'>,
): Promise<readonly string[]> {
  const endUs = clock.monotonicUs() + msMax * 1_000
  // One that is ahead streams for a moment, from the beginning of its segment to where the timelines part.
  const asked = `select application_name from pg_stat_replication
    where state = 'streaming' and replay_lsn <= pg_current_wal_lsn()`
  for (;;) {
    const names: readonly string[] = await withDatabase(url, attemptMsMax, async (client) => {
      const { rows } = await client.query<{ application_name: string }>(asked)
      return rows.map((row) => row.application_name)
    }).catch(() => [])
    const missing = ids.filter((id) => !names.includes(id))
    if (missing.length === 0 || clock.monotonicUs() > endUs) return missing
    signal.throwIfAborted()
    await clock.sleep(everyMs, signal)
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
