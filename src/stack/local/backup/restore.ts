import { chown, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { walSuffix } from '../database.ts'
import { archiveSettings } from './archive.ts'
import { type BackupSetting, program, runProgram, runScript } from './backup-setting.ts'
import { restoreMsMax } from './limits.ts'
import { type OwnServer, startOwnServer } from './restored-server.ts'
import { dumpFile, rolesFile, type Taken } from './take.ts'

/** A folder for a server that is thrown away again. */
export async function scratchFolder({ dir, newName, engines: { places } }: BackupSetting): Promise<string> {
  const path = join(dir, newName('scratch'))
  await mkdir(path, { mode: 0o700 })
  if (places.postgresAccount) await chown(path, places.postgresAccount.uid, places.postgresAccount.gid)
  return path
}

export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

/** A log that lies apart from its data stays there (database.ts): `$1` the data folder. */
const moveLogApart =
  `wal="$1${walSuffix}"; if [ -d "$wal" ]; then find "$wal" -mindepth 1 -delete && ` +
  'cp -a "$1/pg_wal/." "$wal" && rm -r "$1/pg_wal" && ln -s "$wal" "$1/pg_wal"; fi'

/** A base backup's files, into an empty folder. */
export async function copyBase(setting: BackupSetting, taken: Taken, dataDir: string): Promise<void> {
  const script = `cp -a --reflink=auto "$2/." "$1" && ${moveLogApart}`
  await runScript(setting, { what: 'copy-backup', msMax: restoreMsMax }, script, [dataDir, taken.dir])
}

/** As src/setup/data.ts makes the template; the settings and who may log in are that one's. */
const initScript =
  'umask 077 && printf %s "$PGPASSWORD" >"$2/password" && ' +
  '"$3" -D "$1" -U "$4" --pwfile="$2/password" --auth=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C ' +
  '--no-instructions && rm "$2/password" && cp "$5/postgresql.conf" "$5/pg_hba.conf" "$1" && ' +
  'printf %s "$6" >>"$1/postgresql.conf" && '

/** A new cluster in an empty folder. */
async function initCluster(setting: BackupSetting, dataDir: string, temporary: string): Promise<void> {
  const { engines, plan, archiveDir } = setting
  const { dir, superuser } = engines.dataTemplate
  const more = plan.archive ? archiveSettings(archiveDir) : ''
  const args = [dataDir, temporary, program(setting, 'initdb'), superuser.name, dir, more]
  await runScript(setting, { what: 'init-cluster', msMax: restoreMsMax }, `${initScript}${moveLogApart}`, args)
}

/** The superuser is there already. */
const rolesScript = 'grep -vxF "CREATE ROLE $1;" "$2" | "$3" -X -q -v ON_ERROR_STOP=1 -d postgres'

/** A new cluster with what the dump holds; resolves with it running. */
export async function restoreDump(
  setting: BackupSetting,
  taken: Taken,
  { dataDir, archives }: { readonly dataDir: string; readonly archives: boolean },
): Promise<OwnServer> {
  const { engines } = setting
  await initCluster(setting, dataDir, taken.dir)
  const server = await startOwnServer(setting, { dataDir, recovery: null, archives })
  try {
    const { superuser, database } = engines.dataTemplate
    const run = { what: 'restore-dump', port: server.port, msMax: restoreMsMax }
    const psql = program(setting, 'psql')
    await runScript(setting, run, rolesScript, [superuser.name, join(taken.dir, rolesFile), psql])
    const how = ['-d', 'postgres', '--create', '--exit-on-error', '-j', '2']
    await runProgram(setting, run, [program(setting, 'pg_restore'), ...how, join(taken.dir, dumpFile)])
    // A dump holds no statistics: without them its first queries would be slow.
    await runProgram(setting, run, [psql, '-X', '-q', '-d', database, '-c', 'analyze'])
    return server
  } catch (error) {
    await server.stop('hurried').catch(() => undefined)
    throw error
  }
}
