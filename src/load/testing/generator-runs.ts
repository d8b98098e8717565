import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Outcome, outcomes } from '../../domain/outcome.ts'
import { ensureK6 } from '../../setup/k6.ts'
import { settingOf } from '../../setup/setting.ts'
import { bundleWorkload } from '../bundle.ts'
import type { GeneratorConfig } from '../generator-config.ts'
import { type StartedLoad, startLoad } from '../start.ts'
import { workloadFile } from '../workload.ts'

export interface Row {
  readonly user: number
  readonly intendedMs: number
  readonly readyMs: number
  readonly startedMs: number | null
  readonly endedMs: number | null
  readonly outcome: Outcome
  readonly detail: string | undefined
}

export interface Recorded {
  readonly lines: readonly string[]
  readonly rows: readonly Row[]
  readonly last: { readonly end?: { readonly rows: number; readonly reason: string; readonly t: number } }
}

export type Started = StartedLoad & { readonly callsPath: string; readonly logPath: string }

/** Where the real generator is run, again and again, until disposed of. */
export interface GeneratorRuns extends Disposable {
  readonly folder: string
  /** One tool, `echo`, unless told otherwise; its script too, unless told which. */
  start(target: string, overrides?: Partial<GeneratorConfig>, scriptPath?: string): Promise<Started>
}

export async function generatorRuns(): Promise<GeneratorRuns> {
  const { path: k6Path } = await ensureK6(settingOf())
  const folder = mkdtempSync(join(tmpdir(), 'squall-load-'))
  const echoPath = join(folder, 'script.js')
  const remove = () => rmSync(folder, { recursive: true, force: true })
  await bundleWorkload(workloadFile('echo'), echoPath).catch((error: unknown) => {
    remove()
    throw error
  })
  let runs = 0
  return {
    folder,
    start: (target, overrides = {}, scriptPath = echoPath) =>
      start(k6Path, join(folder, `run-${++runs}`), target, overrides, scriptPath),
    [Symbol.dispose]: remove,
  }
}

async function start(
  k6Path: string,
  name: string,
  target: string,
  overrides: Partial<GeneratorConfig>,
  scriptPath: string,
): Promise<Started> {
  const users = overrides.users?.count ?? 1
  const config: GeneratorConfig = {
    instance: 'k6-1',
    seed: 42,
    callsPath: `${name}.ndjson`,
    users: { first: 0, count: users },
    paceMs: 200,
    drainMs: 500,
    callTimeoutMs: 5_000,
    barrierTimeoutMs: 5_000,
    tools: [{ name: 'echo', weight: 1 }],
    phases: [{ id: 'all', startMs: 0, endMs: 2_000, usersFrom: users, usersTo: users }],
    target,
    with: {},
    ...overrides,
  }
  const logPath = `${name}.log`
  const clock = { sleep: (ms: number, signal?: AbortSignal) => quietSleep(ms, signal) }
  const load = await startLoad({
    k6Path,
    scriptPath,
    config,
    configPath: `${name}.json`,
    logPath,
    processorsMax: 1,
    env: {},
    clock,
  })
  return { ...load, callsPath: config.callsPath, logPath, [Symbol.asyncDispose]: () => load[Symbol.asyncDispose]() }
}

async function quietSleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined)
}

export function go(load: StartedLoad, aheadMs = 20): void {
  load.go(Number(process.hrtime.bigint() / 1_000n) + aheadMs * 1_000)
}

export function recorded(path: string): Recorded {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const errors: string[] = []
  const rows: Row[] = []
  const ms = (us: number | null) => (us === null ? null : us / 1_000)
  for (const line of lines) {
    const parsed = JSON.parse(line)
    if (parsed.dict?.[0] === 'error') errors[parsed.dict[1]] = parsed.dict[2]
    if (!Array.isArray(parsed)) continue
    const [user, , intended, ready, started, ended, outcome, detail] = parsed
    rows.push({
      user,
      intendedMs: intended / 1_000,
      readyMs: ready / 1_000,
      startedMs: ms(started),
      endedMs: ms(ended),
      outcome: outcomes[outcome] as Outcome,
      detail: detail === null ? undefined : errors[detail],
    })
  }
  return { lines, rows, last: JSON.parse(lines.at(-1) ?? '{}') }
}

/** Without slots that came due while a call was under way: on a machine that stands still there may be some. */
export const sent = (rows: readonly Row[]) => rows.filter(({ startedMs }) => startedMs !== null)

export const count = (rows: readonly Row[], outcome: Outcome) => rows.filter((row) => row.outcome === outcome).length
