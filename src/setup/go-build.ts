import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Entry } from './cache-entry.ts'
import { ensureEntry, findEntry, findNewestEntry } from './cache-entry.ts'
import { lastWords } from './command.ts'
import { fingerprint } from './fingerprint.ts'
import { goBuildMsMax, stillWorkingMs, versionMsMax } from './limits.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

/** One program that is built from the Go module in engines/. */
export interface GoProgram {
  /** Also the folder in the cache and the file in it. */
  readonly id: string
  /** Package path as `go build` takes it, run in engines/. */
  readonly packagePath: string
  /** Folders of engines/ with the Go sources of ours in it; besides them go.mod and go.sum say all. */
  readonly ownFolders: readonly string[]
  /** Asks the built program for its version; throws a SetupError when it is not what it should be. */
  readonly versionOf: (binary: string, setting: Setting) => Promise<string>
}

export interface Program {
  readonly path: string
  readonly version: string
}

/** The one found in the cache for the present sources; undefined when it has to be built. */
export async function findBuilt(program: GoProgram, setting: Setting): Promise<Program | undefined> {
  const sources = await sourceHash(program, setting)
  if (sources === undefined) return undefined
  const goVersion = await findGoVersion(setting)
  const cacheDir = setting.places.cacheDir
  const entry = goVersion
    ? await findEntry({ cacheDir, kind: program.id, key: `${sources}-${goVersion}` })
    : // Go has gone since, or the cache came with an image: what it built of these sources is as good.
      await findNewestEntry(cacheDir, program.id, `${sources}-`)
  return entry ? asProgram(entry, program) : undefined
}

/** Builds it if need be. Rejects with a SetupError `missing-tool`, `build-failed`, `wrong-file` or `interrupted`. */
export async function ensureBuilt(program: GoProgram, setting: Setting): Promise<Program> {
  const there = await findBuilt(program, setting)
  if (there) return there
  const goVersion = await findGoVersion(setting)
  if (!goVersion) {
    const wanted = await wantedGoVersion(setting)
    throw new SetupError({
      kind: 'missing-tool',
      message: `Go is not on PATH; ${program.id} is built with it`,
      hint: `install Go ${wanted} or newer: ${goInstallCommand(wanted)}`,
    })
  }
  const sources = await sourceHash(program, setting)
  if (sources === undefined) {
    const message = `no Go sources in ${enginesDir(setting)}`
    throw new SetupError({ kind: 'build-failed', message, hint: 'this copy of Squall is not whole: clone it again' })
  }
  const place = { cacheDir: setting.places.cacheDir, kind: program.id, key: `${sources}-${goVersion}` }
  return asProgram(await ensureEntry(place, setting, (dir) => build(program, dir, setting)), program)
}

async function build(program: GoProgram, dir: string, setting: Setting): Promise<{ version: string }> {
  const binary = join(dir, program.id)
  const logPath = join(setting.places.cacheDir, 'logs', `build-${program.id}.log`)
  setting.progress({ id: program.id, message: `building ${program.id} (first time only; up to 3 min)` })
  // No C compiler needed; no paths or debug tables in the result (k6: 54 MB instead of 80).
  const argv = ['go', 'build', '-trimpath', '-ldflags', '-s -w', '-o', binary, program.packagePath]
  const stopTelling = tellStillWorking(program.id, setting)
  const result = await setting
    .run(argv, {
      cwd: enginesDir(setting),
      env: { CGO_ENABLED: '0' },
      timeoutMs: goBuildMsMax,
      logPath,
      signal: setting.signal,
    })
    .finally(stopTelling)
  if (!result.ok) {
    throw new SetupError({
      kind: result.isAborted ? 'interrupted' : 'build-failed',
      message: `go build of ${program.id}: ${result.why}\n${lastWords(result.output)}`,
      hint: `see the log, then try by hand: cd ${enginesDir(setting)} && go build ${program.packagePath}`,
      logPath,
    })
  }
  const version = await program.versionOf(binary, setting)
  setting.progress({ id: program.id, message: `${program.id} ${version} built` })
  return { version }
}

/** A build says nothing for minutes: tell that it goes on. Returns what ends the telling. */
function tellStillWorking(id: string, setting: Setting): () => void {
  const stop = new AbortController()
  const tell = async (): Promise<void> => {
    for (let spentMs = stillWorkingMs; spentMs <= goBuildMsMax; spentMs += stillWorkingMs) {
      await setting.sleep(stillWorkingMs, stop.signal)
      if (stop.signal.aborted) return
      setting.progress({ id, message: `still at work, ${spentMs / 1000} s` })
    }
  }
  void tell()
  return () => stop.abort()
}

/** Such as `go1.26.8`; undefined where there is no Go. */
export async function findGoVersion(setting: Setting): Promise<string | undefined> {
  const result = await setting.run(['go', 'env', 'GOVERSION'], { cwd: enginesDir(setting), timeoutMs: versionMsMax })
  return result.ok ? result.stdout.trim() : undefined
}

/** The oldest Go that go.mod admits, such as `1.25.0`. */
export async function wantedGoVersion(setting: Setting): Promise<string> {
  const text = await readFile(join(enginesDir(setting), 'go.mod'), 'utf8').catch(() => '')
  return /^go\s+(\S+)/m.exec(text)?.[1] ?? 'the version in engines/go.mod'
}

/** The version of a required module as go.mod pins it, without the leading `v`. */
export async function moduleVersion(modulePath: string, setting: Setting): Promise<string | undefined> {
  const text = await readFile(join(enginesDir(setting), 'go.mod'), 'utf8').catch(() => '')
  const line = text.split('\n').find((each) =>
    each
      .trim()
      .replace(/^require\s+/, '')
      .startsWith(`${modulePath} v`),
  )
  return line?.split(`${modulePath} v`)[1]?.split(' ')[0]
}

export function goInstallCommand(version: string): string {
  if (process.platform === 'darwin') return 'brew install go'
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  return `curl -fsSL https://go.dev/dl/go${version}.linux-${arch}.tar.gz | tar -C /usr/local -xz && export PATH=/usr/local/go/bin:$PATH`
}

/** What the program comes from: tests are left out, so that changing one builds nothing anew. */
async function sourceHash(program: GoProgram, setting: Setting): Promise<string | undefined> {
  const isSource = (path: string): boolean =>
    path.endsWith('.go') && !path.endsWith('_test.go') && program.ownFolders.includes(dirname(path))
  return fingerprint(enginesDir(setting), (path) => path === 'go.mod' || path === 'go.sum' || isSource(path))
}

function enginesDir(setting: Setting): string {
  return join(setting.sourceDir, 'engines')
}

function asProgram(entry: Entry, program: GoProgram): Program {
  return { path: join(entry.dir, program.id), version: entry.note.version ?? 'unknown' }
}
