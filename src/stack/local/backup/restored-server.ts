import { StackError } from '../../stack-error.ts'
import { settingsOf } from '../database.ts'
import { databaseReadyMsMax } from '../limits.ts'
import { freePort } from '../ports.ts'
import { type Part, startUntil } from '../starting.ts'
import { restoreCommand } from './archive.ts'
import {
  asDatabaseUser,
  type BackupSetting,
  backupLogOf,
  program,
  programEnv,
  runScript,
  superuserUrlAt,
} from './backup-setting.ts'
import { hurriedEndMsMax, orderlyEndMsMax, restoreMsMax, startTriesMax } from './limits.ts'
import { withSession } from './session.ts'

/** How a server begins on restored files; null: as after any end, with nothing to fetch from the archive. */
interface Recovery {
  /** Name of a restore point; null: all that was archived. */
  readonly target: string | null
  /** `pause`: stands still at the target, and can be read. */
  readonly action: 'promote' | 'pause'
}

export interface ServerSpec {
  readonly dataDir: string
  readonly recovery: Recovery | null
  /** It goes on as the live database: what it writes belongs into the archive, its new timeline above all. */
  readonly archives: boolean
}

/** A server on a port of its own that nobody else knows. */
export interface OwnServer {
  readonly port: number
  readonly url: string
  /** `orderly`: all is written, and archived where it archives. */
  stop(how: 'orderly' | 'hurried'): Promise<void>
}

/** Resolves when it has recovered. Rejects with a StackError, such as for a target that the archive does not hold. */
export async function startOwnServer(setting: BackupSetting, spec: ServerSpec): Promise<OwnServer> {
  if (spec.recovery !== null)
    await runScript(setting, { what: 'recovery', msMax: restoreMsMax }, 'touch "$1/recovery.signal"', [spec.dataDir])
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(setting, spec)
    } catch (error) {
      const isTaken = error instanceof StackError && error.kind === 'port_taken'
      if (!isTaken || tries >= startTriesMax) throw error
    }
  }
}

async function startOnce(setting: BackupSetting, spec: ServerSpec): Promise<OwnServer> {
  const { place, engines, context, running } = setting
  const port = await freePort()
  const name = setting.newName('restored')
  const url = superuserUrlAt(engines, port)
  const part: Part = {
    kind: 'database_will_not_start',
    title: `PostgreSQL ${engines.postgres.version} (restored, of ${place.node.id})`,
    hint: 'see its log: what it was to be restored to may not be in the archive',
    readyMsMax: databaseReadyMsMax,
  }
  const options = [...settingsOf({ ...place, port }), ...recoverySettings(setting, spec)]
  const keeperSpec = {
    name,
    argv: [program(setting, 'postgres'), '-D', spec.dataDir, ...options],
    cwd: '/',
    env: programEnv(setting, port),
    logPath: backupLogOf(place),
    endSignal: 'SIGQUIT' as const,
    ports: [port],
    ...asDatabaseUser(setting),
  }
  const stop = async (how: 'orderly' | 'hurried'): Promise<void> => {
    const isOrderly = how === 'orderly'
    await context.keeper.stop(name, {
      signal: isOrderly ? 'SIGINT' : 'SIGQUIT',
      graceMs: isOrderly ? orderlyEndMsMax : hurriedEndMsMax,
    })
    running.delete(name)
  }
  running.add(name)
  try {
    await startUntil(part, keeperSpec, context, async () => ((await hasRecovered(url, spec.recovery)) ? true : null))
    return { port, url, stop }
  } catch (error) {
    await stop('hurried').catch(() => undefined)
    throw error
  }
}

function recoverySettings({ archiveDir }: BackupSetting, { recovery, archives }: ServerSpec): string[] {
  const values = {
    ...(archives ? {} : { archive_mode: 'off' }),
    ...(recovery === null ? {} : { restore_command: restoreCommand(archiveDir) }),
    ...(recovery === null || recovery.target === null
      ? {}
      : { recovery_target_name: recovery.target, recovery_target_action: recovery.action }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const stateSql = "select case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() else 'over' end as state"

async function hasRecovered(url: string, recovery: Recovery | null): Promise<boolean> {
  const wanted = recovery?.action === 'pause' ? 'paused' : 'over'
  // A new cluster does not have the system's own database yet.
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const [row] = await withSession(maintenance.href, restoreMsMax, (run) => run(stateSql))
  return row?.state === wanted
}
