import { access, chown, mkdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Archiving, Backup, DatabaseState, RunSql } from '../../../domain/backup.ts'
import { pollMs } from '../limits.ts'
import { type BackupSetting, liveUrl, program, runProgram } from './backup-setting.ts'
import { quoteText, readDatabase, tableNames, textOf } from './database-state.ts'
import { archivedMsMax, quietMsMax, takeMsMax } from './limits.ts'
import { withSession } from './session.ts'

/** A backup with where it lies and what it holds. */
export interface Taken {
  readonly backup: Backup
  readonly dir: string
  /** Exactly what a restore of it must give: at `point` for a base backup whose log is archived. */
  readonly holds: DatabaseState
  /** Name of a restore point right behind it; null: its own end. */
  readonly point: string | null
}

/** The name of a restore point is on its own in the log of one run. */
export async function createPoint(run: RunSql, name: string): Promise<{ readonly walFile: string }> {
  const [row] = await run(`select pg_walfile_name(pg_create_restore_point(${quoteText(name)})) as file`)
  return { walFile: textOf(row?.file) }
}

/** Resolves when the segment is in the archive, whole. It must have been ended before, as by `pg_switch_wal`. */
export async function archived(
  { archiveDir, context: { clock, signal } }: BackupSetting,
  walFile: string,
): Promise<void> {
  const path = join(archiveDir, walFile)
  const endUs = clock.monotonicUs() + archivedMsMax * 1_000
  while (!(await isThere(path))) {
    signal.throwIfAborted()
    if (clock.monotonicUs() > endUs) throw new Error(`${walFile} was not archived within ${archivedMsMax} ms`)
    await clock.sleep(pollMs, signal)
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Ends the present segment, so that it goes to the archive, and waits until `walFile` is there. */
export async function switchAndWait(setting: BackupSetting, walFile: string): Promise<void> {
  if (await isThere(join(setting.archiveDir, walFile))) return
  await withSession(liveUrl(setting), archivedMsMax, (run) => run('select pg_switch_wal()'))
  await archived(setting, walFile)
}

const archivingSql = `select current_setting('archive_mode') <> 'off'
    and current_setting('archive_command') not in ('', '(disabled)', 'true') as is_on,
  (select setting::bigint * 1000 from pg_settings where name = 'archive_timeout') as timeout_ms,
  coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as is_failing
  from pg_stat_archiver`

export async function readArchiving(run: RunSql): Promise<Archiving> {
  const [row] = await run(archivingSql)
  return {
    isOn: textOf(row?.is_on) === 't',
    isFailing: textOf(row?.is_failing) === 't',
    timeoutMs: Number(textOf(row?.timeout_ms)),
  }
}

/** A folder that PostgreSQL's account may write into. */
async function newFolder({ dir, newName, engines: { places } }: BackupSetting, what: string): Promise<string> {
  const path = join(dir, newName(what))
  await mkdir(path, { mode: 0o700 })
  if (places.postgresAccount) await chown(path, places.postgresAccount.uid, places.postgresAccount.gid)
  return path
}

/** pg_basebackup with its manifest, which pg_verifybackup then holds against the files, the log with them. */
export async function takeBase(setting: BackupSetting): Promise<Taken> {
  const { context, plan } = setting
  const { clock } = context
  const dir = await newFolder(setting, 'base')
  const [startedUs, startedUnixUs] = [clock.monotonicUs(), clock.wallUnixUs()]
  let durationMs = 0
  const { holds, point } = await quietly(liveUrl(setting), async (run) => {
    const state = await readDatabase(run, 'all')
    const beganUs = clock.monotonicUs()
    const argv = [program(setting, 'pg_basebackup'), '-D', dir, '-X', 'stream', '-c', 'fast']
    await runProgram(setting, { what: 'base-backup', msMax: takeMsMax }, argv)
    durationMs = (clock.monotonicUs() - beganUs) / 1_000
    const name = basename(dir)
    return { holds: state, point: plan.archive ? { name, ...(await createPoint(run, name)) } : null }
  })
  const verify = [program(setting, 'pg_verifybackup'), '--quiet', dir]
  await runProgram(setting, { what: 'verify-backup', msMax: takeMsMax }, verify)
  if (point !== null) await switchAndWait(setting, point.walFile)
  const backup = { kind: 'base-backup', startedUs, startedUnixUs, durationMs, bytes: await manifestBytes(dir) } as const
  return { backup, dir, holds, point: point?.name ?? null }
}

/** Nobody writes into any table meanwhile; whoever reads goes on. */
async function quietly<T>(url: string, work: (run: RunSql) => Promise<T>): Promise<T> {
  return withSession(url, takeMsMax, async (run) => {
    await run(`begin; set local lock_timeout = ${quietMsMax}`)
    const names = await tableNames(run)
    if (names.length > 0) await run(`lock table ${names.join(', ')} in share mode`)
    const result = await work(run)
    await run('commit')
    return result
  })
}

async function manifestBytes(dir: string): Promise<number> {
  const manifest: { readonly Files: readonly { readonly Size: number }[] } = JSON.parse(
    await readFile(join(dir, 'backup_manifest'), 'utf8'),
  )
  return manifest.Files.reduce((sum, { Size }) => sum + Size, 0)
}

export const dumpFile = 'database.dump'
export const rolesFile = 'roles.sql'

/** Roles, and the database by pg_dump in its custom format. What it holds is read from the very snapshot that it is taken of. */
export async function takeDump(setting: BackupSetting): Promise<Taken> {
  const { context, engines } = setting
  const { clock } = context
  const { database } = engines.dataTemplate
  const dir = await newFolder(setting, 'dump')
  const [startedUs, startedUnixUs] = [clock.monotonicUs(), clock.wallUnixUs()]
  const roles = [program(setting, 'pg_dumpall'), '-l', 'postgres', '--roles-only', '-f', join(dir, rolesFile)]
  await runProgram(setting, { what: 'dump-roles', msMax: takeMsMax }, roles)
  let durationMs = 0
  const holds = await withSession(liveUrl(setting), takeMsMax, async (run) => {
    await run('begin isolation level repeatable read read only')
    const [row] = await run('select pg_export_snapshot() as id')
    // The fastest that still halves it: 0.4 GB in some seconds on one core.
    const what = ['-Fc', '-Z', '1', `--snapshot=${textOf(row?.id)}`, '-d', database, '-f', join(dir, dumpFile)]
    await runProgram(setting, { what: 'dump', msMax: takeMsMax }, [program(setting, 'pg_dump'), ...what])
    durationMs = (clock.monotonicUs() - startedUs) / 1_000
    return readDatabase(run, 'all')
  })
  const { size: bytes } = await stat(join(dir, dumpFile))
  return { backup: { kind: 'dump', startedUs, startedUnixUs, durationMs, bytes }, dir, holds, point: null }
}
