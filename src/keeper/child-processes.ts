import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { endProcesses, markName, send, sendToTree } from './ending.ts'
import { codeOf, KeeperError, messageOf } from './keeper-error.ts'
import { goneAfterKillMsMax, pollMs } from './limits.ts'
import { isRunning, readProcess } from './process-table.ts'
import type { ExitEvent, SignalOptions, Spawned, SpawnSpec, Stopped } from './protocol.ts'
import type { RecordedProcess } from './state-folder.ts'
import { becomes } from './waiting.ts'

interface Child extends RecordedProcess {
  /** Null for one that the harness started itself. */
  readonly spec: SpawnSpec | null
  /** Resolves when its end has been told. */
  readonly told: Promise<void>
}

export interface ChildProcessesOptions {
  /** Marks all that belongs to the run, by the environment. */
  readonly markValue: string
  readonly clock: Clock
  readonly onExited: (event: ExitEvent) => void
  /** Called after each change; what it throws refuses the spawn. */
  readonly save: (processes: readonly RecordedProcess[]) => void
}

/** The processes of one run, each the leader of a session and group of its own, so that no terminal reaches them. */
export class ChildProcesses {
  readonly #children = new Map<string, Child>()
  /** Pids whose end is no surprise. */
  readonly #planned = new Set<number>()
  readonly #options: ChildProcessesOptions

  constructor(options: ChildProcessesOptions) {
    this.#options = options
  }

  /** Rejects with a KeeperError `spawn_failed`, `bad_request` or `state_not_written`; nothing runs then. */
  async spawn(spec: SpawnSpec): Promise<Spawned> {
    this.#requireFree(spec.name)
    const { markValue, clock } = this.#options
    const child = await start(spec, markValue)
    const pid = child.pid ?? 0
    const told = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exited(spec.name, pid, code, signal)
        resolve()
      })
    })
    const startTicks = readProcess(pid)?.startTicks ?? ''
    const { name, endSignal = 'SIGTERM', ports = [] } = spec
    this.#children.set(name, { name, pid, startTicks, endSignal, ports, program: spec.argv[0] ?? '', spec, told })
    await this.#saveOrEnd(name)
    return { pid, startTicks, monotonicUs: clock.monotonicUs() }
  }

  /** Takes on a process that the harness started. Throws a KeeperError `bad_request` when there is none. */
  async adopt(name: string, pid: number): Promise<void> {
    this.#requireFree(name)
    const row = readProcess(pid)
    if (row === undefined) throw new KeeperError({ kind: 'bad_request', message: `there is no process ${pid}` })
    const { startTicks } = row
    const told = Promise.resolve()
    this.#children.set(name, { name, pid, startTicks, endSignal: 'SIGTERM', ports: [], program: '', spec: null, told })
    this.#options.save(this.recorded())
  }

  /** As SignalOptions say. Rejects with a KeeperError `bad_request`, or `no_answer` when what was killed does not end. */
  async signal(name: string, signal: NodeJS.Signals, { planned, tree }: SignalOptions): Promise<void> {
    const child = this.#require(name)
    if (planned) this.#planned.add(child.pid)
    if (!tree) return send(readProcess(child.pid), signal)
    const reached = sendToTree(child, signal)
    if (signal !== 'SIGKILL') return
    const areGone = (): boolean => !reached.some(isRunning)
    if (await becomes(areGone, goneAfterKillMsMax, pollMs, this.#options.clock)) return
    throw new KeeperError({ kind: 'no_answer', message: `${name} (process ${child.pid}) does not end` })
  }

  /** Ends it and its descendants; resolves when they are gone and its end has been told. One that has ended before is no error. */
  async stop(name: string, endSignal: NodeJS.Signals, graceMs: number): Promise<Stopped> {
    const child = this.#children.get(name)
    if (child === undefined) return { wentByItself: true }
    this.#planned.add(child.pid)
    const { clock } = this.#options
    const { killedCount, left } = await endProcesses([{ ...child, endSignal }], { graceMs, markValue: null, clock })
    if (left.length > 0) {
      throw new KeeperError({ kind: 'no_answer', message: `${name} (process ${child.pid}) does not end` })
    }
    // The kernel shows its end some ms before it is told to us, and whoever waits for the end wants to have heard of it.
    await Promise.race([child.told, clock.sleep(goneAfterKillMsMax)])
    this.#forget(name, child.pid)
    return { wentByItself: killedCount === 0 }
  }

  /** Kills it and starts it anew with the same arguments. Rejects as spawn does. */
  async restart(name: string): Promise<{ readonly spec: SpawnSpec; readonly spawned: Spawned }> {
    const { spec } = this.#require(name)
    if (spec === null) throw new KeeperError({ kind: 'bad_request', message: `${name} was not started by the keeper` })
    await this.stop(name, 'SIGKILL', 0)
    return { spec, spawned: await this.spawn(spec) }
  }

  /** From now on every end is planned: the run ends. */
  planAll(): void {
    for (const { pid } of this.#children.values()) this.#planned.add(pid)
  }

  runs(name: string): boolean {
    const child = this.#children.get(name)
    return child !== undefined && isRunning(child)
  }

  specOf(name: string): SpawnSpec | null {
    return this.#children.get(name)?.spec ?? null
  }

  recorded(): RecordedProcess[] {
    return [...this.#children.values()].map(({ spec: _, told: __, ...recorded }) => recorded)
  }

  #exited(name: string, pid: number, code: number | null, signal: string | null): void {
    const planned = this.#planned.has(pid)
    this.#options.onExited({
      event: 'exited',
      name,
      pid,
      code,
      signal,
      monotonicUs: this.#options.clock.monotonicUs(),
      planned,
    })
    // What it started may live on: it stays in the record, and the end of the run looks for its descendants.
    this.#planned.delete(pid)
  }

  #forget(name: string, pid: number): void {
    if (this.#children.get(name)?.pid !== pid) return
    this.#children.delete(name)
    try {
      this.#options.save(this.recorded())
    } catch {
      // A record that still names an ended process does no harm: processes are told by their start time.
    }
  }

  #requireFree(name: string): void {
    if (!this.runs(name)) return
    throw new KeeperError({ kind: 'bad_request', message: `a process named ${name} runs already` })
  }

  #require(name: string): Child {
    const child = this.#children.get(name)
    if (child !== undefined && isRunning(child)) return child
    throw new KeeperError({ kind: 'bad_request', message: `no process named ${name} runs` })
  }

  async #saveOrEnd(name: string): Promise<void> {
    try {
      this.#options.save(this.recorded())
    } catch (error) {
      await this.stop(name, 'SIGKILL', 0).catch(() => undefined)
      throw error
    }
  }
}

async function start(spec: SpawnSpec, markValue: string): Promise<ChildProcess> {
  const [program, ...args] = spec.argv
  if (program === undefined) throw new KeeperError({ kind: 'bad_request', message: `${spec.name}: an empty command` })
  const log = openLog(spec.logPath)
  try {
    const child = spawn(program, args, {
      cwd: spec.cwd,
      env: { ...spec.env, [markName]: markValue },
      detached: true,
      stdio: ['ignore', log, log],
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    })
    await once(child, 'spawn')
    return child
  } catch (error) {
    throw new KeeperError({
      kind: 'spawn_failed',
      message: `${spec.name}: ${program} cannot be started: ${messageOf(error)}`,
      code: codeOf(error),
      cause: error,
    })
  } finally {
    closeSync(log)
  }
}

function openLog(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'a')
  } catch (error) {
    throw new KeeperError({
      kind: 'spawn_failed',
      message: `the log ${path} cannot be written: ${messageOf(error)}`,
      code: codeOf(error),
      cause: error,
    })
  }
}
