import { join } from 'node:path'
import type { BackupPlan } from '../../../domain/backup.ts'
import type { DatabasePlace } from '../database.ts'
import { databaseUrlAt } from '../database.ts'
import type { StackEngines } from '../options.ts'
import { loopback } from '../ports.ts'
import { runOnce } from '../run-once.ts'
import type { StartContext } from '../starting.ts'
import { archiveDirIn, backupsDirOf } from './archive.ts'

/** Where one node's backups are made, and with what. */
export interface BackupSetting {
  readonly plan: BackupPlan
  /** The live database. */
  readonly place: DatabasePlace
  readonly engines: StackEngines
  /** Of what is started later than the stack, and ends with it. */
  readonly context: StartContext
  readonly dir: string
  readonly archiveDir: string
  /** A name for a process or a folder that nothing else of this run has: a node's id holds no dot. */
  readonly newName: (what: string) => string
  /** Processes that may run now, to be ended with the stack. */
  readonly running: Set<string>
}

export function backupSettingOf(
  plan: BackupPlan,
  place: DatabasePlace,
  engines: StackEngines,
  context: StartContext,
): BackupSetting {
  let last = 0
  const newName = (what: string): string => {
    last += 1
    return `${place.node.id}.${what}-${last}`
  }
  const dir = backupsDirOf(place.dataDir)
  return { plan, place, engines, context, dir, archiveDir: archiveDirIn(dir), newName, running: new Set() }
}

export function liveUrl({ place, engines }: BackupSetting): string {
  return superuserUrlAt(engines, place.port)
}

export function superuserUrlAt(engines: StackEngines, port: number): string {
  return databaseUrlAt(engines, 'superuser', loopback, port)
}

export function program({ engines }: BackupSetting, name: string): string {
  return join(engines.postgres.binDir, name)
}

/**
 * The environment of PostgreSQL's programs: what they find a server by, as the superuser. A password is not for the command
 * line, which everybody can read.
 */
export function programEnv({ engines }: BackupSetting, port: number): Record<string, string> {
  const { name, password } = engines.dataTemplate.superuser
  const at = { PGHOST: loopback, PGPORT: String(port), PGUSER: name, PGPASSWORD: password, PGAPPNAME: 'squall stack' }
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...at }
}

export function asDatabaseUser({ engines }: BackupSetting): { readonly uid?: number; readonly gid?: number } {
  const account = engines.places.postgresAccount
  return account ? { uid: account.uid, gid: account.gid } : {}
}

export interface ProgramRun {
  /** For logs and errors, such as `copy-backup`. */
  readonly what: string
  /** Of the server that it talks to; absent: the live one. */
  readonly port?: number
  readonly msMax: number
}

/** A program of the database's own account, by the keeper. Rejects when it fails, or does not end in time. */
export async function runProgram(
  setting: BackupSetting,
  { what, port = setting.place.port, msMax }: ProgramRun,
  argv: readonly string[],
): Promise<void> {
  const { context, place, running } = setting
  const name = setting.newName(what)
  const logPath = backupLogOf(place)
  running.add(name)
  try {
    const spec = { name, argv, cwd: setting.dir, env: programEnv(setting, port), logPath, ...asDatabaseUser(setting) }
    const why = await runOnce(spec, msMax, context)
    if (why !== null) throw new Error(`${what} of ${place.node.id} failed: ${why}; see ${logPath}`)
  } finally {
    running.delete(name)
  }
}

/** A script of the shell with its arguments, in the same way. */
export function runScript(
  setting: BackupSetting,
  run: ProgramRun,
  script: string,
  args: readonly string[],
): Promise<void> {
  return runProgram(setting, run, ['sh', '-c', script, run.what, ...args])
}

export function backupLogOf({ logPath }: DatabasePlace): string {
  return logPath.replace(/\.log$/, '.backups.log')
}
