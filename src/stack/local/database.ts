import { appendFile, chmod, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { NodeSpec } from '../../domain/plan.ts'
import { isMounted, ownDiskSource } from '../../keeper/own-disk.ts'
import type { RunningNode } from '../running-stack.ts'
import { StackError } from '../stack-error.ts'
import { archiveSettings, makeBackupDirs } from './backup/archive.ts'
import {
  attemptMsMax,
  copyDataMsMax,
  databaseReadyMsMax,
  ownDiskBytes,
  sharedBuffers,
  stillHeldMsMax,
  stillHeldPauseMs,
} from './limits.ts'
import { LogSince } from './log-tail.ts'
import type { StackEngines } from './options.ts'
import { loopback } from './ports.ts'
import { replicatedArgv } from './replication.ts'
import { runOnce } from './run-once.ts'
import { type Part, type StartContext, startUntil } from './starting.ts'
import { withDatabase } from './with-database.ts'

export interface DatabasePlace {
  readonly node: NodeSpec
  readonly port: number
  /** Holds the run's id. */
  readonly dataDir: string
  readonly logPath: string
  /** It follows another database, or is followed. */
  readonly isReplicated: boolean
  /** Where its write-ahead log is archived while it takes writes; null: nowhere. */
  readonly archiveDir: string | null
}

/** Where the database is whose write-ahead log a replica replays. */
export interface Followed {
  readonly host: string
  readonly port: number
}

/** What one of several databases is to the others; a fail-over changes it while they run. */
export interface Standing {
  /** null: it takes writes. */
  readonly followed: Followed | null
  /** Ids of followers: a commit waits until one of them has it on disk. */
  readonly awaited: readonly string[]
}

type LoginName = 'superuser' | 'application'

/** The folder of a write-ahead log that does not lie with its data is called like that of the data, with this behind. */
export const walSuffix = '.wal'

/** Where this run's databases have their data: `<data>/<run id>`. */
export function dataRootOf(engines: StackEngines, runId: string): string {
  return join(engines.places.dataDir, runId)
}

export function databaseUrlAt(engines: StackEngines, login: LoginName, host: string, port: number): string {
  const { database, [login]: who } = engines.dataTemplate
  return `postgres://${encodeURIComponent(who.name)}:${encodeURIComponent(who.password)}@${host}:${port}/${database}`
}

/**
 * Copies the prepared data, starts PostgreSQL on it and resolves when it answers a query. Rejects with a StackError. A
 * replica begins with the same copy: the template was stopped in order, so that it is a backup of every primary on it.
 */
export async function startDatabase(
  place: DatabasePlace,
  standing: Standing,
  engines: StackEngines,
  context: StartContext,
): Promise<RunningNode> {
  await copyData(place, engines, context)
  return runDatabase(place, standing, engines, context)
}

/** The same on the data as it is, after whatever end: what a killed one has left may take a moment to be free. */
export async function startDatabaseAnew(
  place: DatabasePlace,
  standing: Standing,
  engines: StackEngines,
  context: StartContext,
): Promise<RunningNode> {
  const { clock, signal } = context
  const endUs = clock.monotonicUs() + stillHeldMsMax * 1_000
  for (;;) {
    try {
      return await runDatabase(place, standing, engines, context)
    } catch (error) {
      const isHeld = error instanceof StackError && error.kind === 'still_held'
      if (!isHeld || clock.monotonicUs() > endUs) throw error
      await clock.sleep(stillHeldPauseMs, signal)
    }
  }
}

async function runDatabase(
  place: DatabasePlace,
  standing: Standing,
  engines: StackEngines,
  context: StartContext,
): Promise<RunningNode> {
  const { node, port, logPath } = place
  const url = databaseUrlAt(engines, 'superuser', loopback, port)
  const account = engines.places.postgresAccount
  const part: Part = {
    kind: 'database_will_not_start',
    title: `PostgreSQL ${engines.postgres.version} (${node.id})`,
    hint: `see its log; the data came from ${engines.dataTemplate.dir}: remove that folder to have it made anew`,
    readyMsMax: databaseReadyMsMax,
  }
  const spec = {
    name: node.id,
    argv: argvOf(place, standing, engines),
    cwd: '/',
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      LC_ALL: 'C',
      TZ: 'UTC',
      // What a replica logs in with at its primary; not on the command line, which everybody can read.
      ...(standing.followed === null ? {} : { PGPASSWORD: engines.dataTemplate.superuser.password }),
    },
    logPath,
    // "Immediate": waits for no client and writes nothing. The data is thrown away the next moment.
    endSignal: 'SIGQUIT' as const,
    ports: [port],
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  }
  const { spawned } = await startUntil(part, spec, context, async () => ((await answers(url)) ? true : null))
  const applicationUrl = databaseUrlAt(engines, 'application', loopback, port)
  const ownDisk = { path: place.dataDir, bytes: ownDiskBytes }
  const disk = node.ownDisk && isMounted(ownDisk) ? ownDisk : null
  return { id: node.id, role: 'postgres', pid: spawned.pid, host: loopback, port, url, applicationUrl, disk, logPath }
}

function argvOf(place: DatabasePlace, standing: Standing, engines: StackEngines): string[] {
  const { dataDir, isReplicated } = place
  const run = [join(engines.postgres.binDir, 'postgres'), '-D', dataDir, ...settingsOf(place)]
  return isReplicated ? replicatedArgv(place, standing, engines.dataTemplate.superuser.name, run) : run
}

const replication = {
  // A replica that was away for a while finds what it missed, by its slot, and after a fail-over, which makes new slots,
  // by this. A slot keeps no more than its limit: one that never comes back must not fill the memory where the data lies.
  wal_keep_size: '512MB',
  max_slot_wal_keep_size: '1GB',
  wal_retrieve_retry_interval: '100ms',
  wal_receiver_status_interval: '1s',
}

/** On the command line, where they come before what the template's own file says. */
export function settingsOf({
  node,
  port,
  isReplicated,
}: Pick<DatabasePlace, 'node' | 'port' | 'isReplicated'>): string[] {
  const backups = node.backups ?? null
  const values: Record<string, string> = {
    port: String(port),
    listen_addresses: loopback,
    unix_socket_directories: '',
    cluster_name: node.id,
    // The three that make a kill -9 and a rewind honest.
    fsync: 'on',
    full_page_writes: 'on',
    wal_log_hints: 'on',
    shared_buffers: sharedBuffers,
    // In its data directory and not in /dev/shm, where a killed server would leave it: it goes with the data.
    dynamic_shared_memory_type: 'mmap',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] %q%u@%d %a ',
    ...(node.maxConnections === null ? {} : { max_connections: String(node.maxConnections) }),
    ...(isReplicated ? replication : {}),
    ...(backups?.archive ? { archive_timeout: String(Math.ceil(backups.archiveTimeoutMs / 1_000)) } : {}),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * A clone where the file system can, which takes no time and no room; the owner stays PostgreSQL's account. Then all
 * that waits to be written is written: half a minute later, in the middle of a phase, it would hold up every commit.
 */
const copyScript = 'cp -a --reflink=auto "$1" "$2" && { sync -f "$2" || true; }'
/**
 * The same onto a file system of its own, where the machine lets us mount one, and beside it where not. The write-ahead
 * log stays outside, as on a volume of its own: without room for it PostgreSQL would end, which `kill` shows as well.
 */
const copyToOwnDiskScript =
  `if mkdir "$2" && mount -t tmpfs -o "size=$3,mode=700" "$4" "$2"; then cp -a "$1/." "$2" && ` +
  `cp -a "$2/pg_wal" "$2${walSuffix}" && rm -r "$2/pg_wal" && ln -s "$2${walSuffix}" "$2/pg_wal" && ` +
  `{ sync -f "$2${walSuffix}" || true; }; else rmdir "$2" && ${copyScript}; fi`

async function copyData(
  { node, dataDir, logPath, archiveDir }: DatabasePlace,
  engines: StackEngines,
  context: StartContext,
): Promise<void> {
  const { dir } = engines.dataTemplate
  await requireTemplate(dir)
  await makeOpenDirs(dirname(dataDir), engines.places.dataDir)
  const log = new LogSince(logPath)
  const argv = node.ownDisk
    ? ['sh', '-c', copyToOwnDiskScript, 'copy', dir, dataDir, String(ownDiskBytes), ownDiskSource]
    : ['sh', '-c', copyScript, 'copy', dir, dataDir]
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin' }
  const why = await runOnce({ name: copyNameOf(node.id), argv, cwd: '/', env, logPath }, copyDataMsMax, context)
  if (why === null) {
    if (archiveDir === null) return
    await makeBackupDirs(dirname(archiveDir), engines)
    return await appendFile(join(dataDir, 'postgresql.conf'), archiveSettings(archiveDir))
  }
  const words = log.lastWords()
  throw new StackError({
    kind: /no space left/i.test(words) ? 'no_space' : 'database_will_not_start',
    message: `the data of ${node.id} could not be copied to ${dataDir} (${why}):\n${words}`,
    hint: 'is there room? SQUALL_DATA names another folder',
    logPath,
  })
}

/** Of the process that fills a node's data folder. */
export function copyNameOf(nodeId: string): string {
  return `copy-${nodeId}`
}

async function requireTemplate(dir: string): Promise<void> {
  if (await stat(join(dir, 'PG_VERSION')).catch(() => null)) return
  throw new StackError({
    kind: 'database_will_not_start',
    message: `${dir} is not a PostgreSQL data directory`,
    hint: 'remove that folder and start again: it will be made anew',
  })
}

/** Whatever our umask: PostgreSQL's account has to get through to its data. */
async function makeOpenDirs(dir: string, top: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  for (let at = dir; at.startsWith(top); at = dirname(at)) await chmod(at, 0o755)
}

async function answers(url: string): Promise<boolean> {
  await withDatabase(url, attemptMsMax, (client) => client.query('select 1'))
  return true
}
