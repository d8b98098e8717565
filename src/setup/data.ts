import { randomBytes } from 'node:crypto'
import { appendFile, chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry, EntryNote, EntryPlace } from './cache-entry.ts'
import { ensureEntry, findEntry } from './cache-entry.ts'
import type { CommandOptions } from './command.ts'
import { lastWords } from './command.ts'
import { fingerprint } from './fingerprint.ts'
import { initdbMsMax, prepareDataMsMax, versionMsMax } from './limits.ts'
import type { Postgres } from './postgres.ts'
import { startScratchServer } from './scratch-server.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

interface Login {
  readonly name: string
  readonly password: string
}

/** A stopped server's data directory, filled. Never started itself: a stack copies it (cp -a --reflink=auto). */
export interface DataTemplate {
  readonly dir: string
  readonly database: string
  /** For Squall's own connections and for replicas. It may use the slots that PostgreSQL keeps for superusers. */
  readonly superuser: Login
  /** For the system under test: owns the database, is no superuser, so that it runs out of slots as it would live. */
  readonly application: Login
}

/** Seed of the rows, unless a plan names another. */
const defaultSeed = 42

const database = 'customer_success'
const superuserName = 'squall'
const applicationName = 'app'
const dataName = 'pgdata'

/**
 * What every stack stands on, archiving among it, which cannot be begun while it runs. A replica that starts from it must
 * have as many connections as it had (manual of 16, 27.4.3): the least that a plan can ask for.
 * A stack adds port, max_connections and the like on the command line, and whom one follows in a file beside this one.
 */
const settings = `
# Squall
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
wal_log_hints = on
fsync = on
full_page_writes = on
archive_mode = on
archive_command = 'true'
max_connections = 10
include_if_exists = 'replication.conf'
`

export async function findDataTemplate(
  postgres: Postgres,
  setting: Setting,
  seed = defaultSeed,
): Promise<DataTemplate | undefined> {
  const place = await placeFor(postgres, setting, seed)
  const entry = place ? await findEntry(place) : undefined
  return entry ? asTemplate(entry) : undefined
}

/** Rejects with a SetupError `database-failed` or `interrupted`. */
export async function ensureDataTemplate(
  postgres: Postgres,
  setting: Setting,
  seed = defaultSeed,
): Promise<DataTemplate> {
  const place = await placeFor(postgres, setting, seed)
  if (!place) {
    const message = `no sources in ${preparerDir(setting)}`
    throw new SetupError({ kind: 'database-failed', message, hint: 'this copy of Squall is not whole: clone it again' })
  }
  const entry = await ensureEntry(place, setting, (dir) => make(dir, postgres, seed, setting))
  const template = asTemplate(entry)
  if (template) return template
  await rm(entry.dir, { recursive: true, force: true })
  throw new SetupError({
    kind: 'database-failed',
    message: `${entry.dir} was damaged, and has been removed`,
    hint: 'start again: it will be made anew',
  })
}

async function placeFor(postgres: Postgres, setting: Setting, seed: number): Promise<EntryPlace | undefined> {
  const isSource = (path: string): boolean => path.endsWith('.ts') && !path.endsWith('.test.ts')
  const uid = setting.places.postgresAccount?.uid ?? process.getuid?.() ?? 'user'
  const more = [postgres.version, settings, String(seed), String(uid)]
  const key = await fingerprint(preparerDir(setting), isSource, more)
  return key === undefined
    ? undefined
    : { cacheDir: setting.places.postgresCacheDir, kind: 'data', key: `${key}-pg${postgres.version}-seed${seed}` }
}

async function make(dir: string, postgres: Postgres, seed: number, setting: Setting): Promise<EntryNote> {
  setting.progress({ id: 'data', message: `preparing the reference server's database, seed ${seed} (first time only)` })
  const logins = {
    superuser: { name: superuserName, password: newPassword() },
    application: { name: applicationName, password: newPassword() },
  }
  const dataDir = await initialize(dir, postgres, logins.superuser, setting)
  await using server = await startScratchServer(postgres, dataDir, setting)
  await createDatabase(server.port, postgres, logins, setting)
  const { name, password } = logins.application
  await must([process.execPath, join(preparerDir(setting), 'prepare.ts')], setting, 'filling the database', {
    timeoutMs: prepareDataMsMax,
    cwd: setting.sourceDir,
    env: { DATABASE_URL: `postgres://${name}:${password}@127.0.0.1:${server.port}/${database}`, SEED: String(seed) },
  })
  await server.stop()
  await rm(`${dataDir}.log`, { force: true })
  setting.progress({ id: 'data', message: 'database prepared' })
  return { superuserPassword: logins.superuser.password, applicationPassword: password }
}

/** Makes an empty data directory below `dir` that belongs to the account that PostgreSQL runs under. */
async function initialize(dir: string, postgres: Postgres, superuser: Login, setting: Setting): Promise<string> {
  const account = setting.places.postgresAccount
  // One level down: the account makes its log file beside the data directory, and must not own `dir` itself.
  const owned = join(dir, 'owned')
  await mkdir(owned, { mode: 0o700 })
  const passwordFile = join(owned, 'password')
  await writeFile(passwordFile, superuser.password, { mode: 0o600 })
  if (account) {
    await chown(passwordFile, account.uid, account.gid)
    await chown(owned, account.uid, account.gid)
  }
  const dataDir = join(owned, dataName)
  const what = ['-D', dataDir, '-U', superuser.name, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const how = ['--data-checksums', '--encoding=UTF8', '--locale=C', '--no-instructions']
  await must([join(postgres.binDir, 'initdb'), ...what, ...how], setting, 'initdb', {
    timeoutMs: initdbMsMax,
    account,
    env: { LC_ALL: 'C' },
  })
  await rm(passwordFile)
  await appendFile(join(dataDir, 'postgresql.conf'), settings)
  return dataDir
}

async function createDatabase(
  port: number,
  postgres: Postgres,
  logins: { superuser: Login; application: Login },
  setting: Setting,
): Promise<void> {
  const { superuser, application } = logins
  // The passwords have 144 random bits: hashing them 4,096 times over would protect nothing, and cost the pool of the
  // system under test, on the generator's own cores, some ms for each connection it opens.
  const cheapHash = Number.parseInt(postgres.version, 10) >= 16 ? ['set scram_iterations = 1'] : []
  const statements = [
    ...cheapHash,
    `alter role ${superuser.name} password '${superuser.password}'`,
    `create role ${application.name} login password '${application.password}'`,
    `grant pg_checkpoint to ${application.name}`,
    `create database ${database} owner ${application.name}`,
  ]
  const at = ['-h', '127.0.0.1', '-p', String(port), '-U', superuser.name, '-d', 'postgres']
  await must([join(postgres.binDir, 'psql'), '-X', '-q', '-v', 'ON_ERROR_STOP=1', ...at], setting, 'psql', {
    timeoutMs: versionMsMax,
    env: { PGPASSWORD: superuser.password },
    input: `${statements.join(';\n')};\n`,
  })
}

async function must(argv: string[], setting: Setting, what: string, options: CommandOptions): Promise<void> {
  const logPath = join(setting.places.cacheDir, 'logs', 'data.log')
  const result = await setting.run(argv, { logPath, signal: setting.signal, ...options })
  if (result.ok) return
  throw new SetupError({
    kind: result.isAborted ? 'interrupted' : 'database-failed',
    message: `preparing the database: ${what}: ${result.why}\n${lastWords(result.output)}`,
    hint: 'see the log; squall doctor tells what PostgreSQL is used and where it lies',
    logPath,
  })
}

function asTemplate(entry: Entry): DataTemplate | undefined {
  const { superuserPassword, applicationPassword } = entry.note
  if (superuserPassword === undefined || applicationPassword === undefined) return undefined
  return {
    dir: join(entry.dir, 'owned', dataName),
    database,
    superuser: { name: superuserName, password: superuserPassword },
    application: { name: applicationName, password: applicationPassword },
  }
}

function newPassword(): string {
  return randomBytes(18).toString('base64url')
}

function preparerDir(setting: Setting): string {
  return join(setting.sourceDir, 'reference-server', 'data')
}
