import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../domain/clock.ts'
import { systemClock } from '../record/clock.ts'
import { endRun } from './end-run.ts'
import { markName, markOf } from './ending.ts'
import { commandsMsMax, type HealOutcome } from './healing.ts'
import { KeeperError } from './keeper-error.ts'
import { endAllMsMax, goneAfterKillMsMax, healMsMax, keeperStartMsMax, requestMsMax } from './limits.ts'
import type {
  AnswerLine,
  ExitEvent,
  FirstLine,
  KeeperEvent,
  KeeperRequest,
  KeeperResults,
  ReplacedEvent,
  RequestLine,
  SignalOptions,
  Spawned,
  SpawnSpec,
  Stopped,
} from './protocol.ts'
import { readRecord, readUndos } from './state-folder.ts'
import type { UndoAction } from './undo.ts'

export interface KeeperOptions {
  /** <state>/runs/<run id>; must not be there yet. */
  readonly stateFolder: string
  /** The keeper's own words; appended to. */
  readonly logPath: string
  /** Noted in the state folder, for whoever finds it. */
  readonly runFolder?: string
  readonly clock?: Clock
}

interface KeeperEnd {
  /** False: it died, and what it kept is nobody's. Exit code 3; `endAll` then clears by hand. */
  readonly planned: boolean
  readonly code: number | null
  readonly signal: string | null
}

/**
 * The harness's hold on its keeper. Every method rejects with a KeeperError; deadlines are the keeper's limits.
 * Disposing is `endAll`: no process, port, folder or fault of the run is left, or it rejects and says which.
 */
export interface KeeperClient extends AsyncDisposable {
  readonly pid: number
  readonly stateFolder: string
  /** For the environment of what the harness starts itself (k6): so it is found even if it was not adopted yet. */
  readonly mark: Readonly<Record<string, string>>
  spawn(spec: SpawnSpec): Promise<Spawned>
  signal(name: string, signal: NodeJS.Signals, options: SignalOptions): Promise<void>
  /** Asks with `signal`, kills after `graceMs`; resolves when it and its descendants are gone. */
  stop(name: string, options: { readonly signal: NodeJS.Signals; readonly graceMs: number }): Promise<Stopped>
  /** A process that the harness started, such as k6: ended when the harness is gone. */
  adopt(name: string, pid: number): Promise<void>
  /** On disk when it resolves: only then may the fault act. */
  recordUndo(id: string, action: UndoAction): Promise<void>
  /** The harness undid it by itself. */
  undone(id: string): Promise<void>
  /** One fault, or all. */
  heal(id?: string): Promise<readonly HealOutcome[]>
  /** Before the folder is made. Its path must hold the run's id. */
  removeAtEnd(path: string): Promise<void>
  removeNow(path: string): Promise<void>
  /** The keeper goes on without the harness, until `down`. The client is of no use afterwards. */
  detach(urls: Readonly<Record<string, string>>): Promise<void>
  endAll(): Promise<void>
  /** Returns what takes the listener away. */
  onExited(listener: (event: ExitEvent) => void): () => void
  onReplaced(listener: (event: ReplacedEvent) => void): () => void
  /** Resolves when the keeper's process has ended. */
  readonly gone: Promise<KeeperEnd>
}

/** Starts the keeper, in a session of its own. Rejects with a KeeperError; nothing is left then. */
export async function startKeeper(options: KeeperOptions): Promise<KeeperClient> {
  const { stateFolder, logPath, runFolder, clock = systemClock } = options
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url))
  const argv = [main, stateFolder, ...(runFolder === undefined ? [] : [runFolder])]
  mkdirSync(dirname(logPath), { recursive: true })
  const log = openSync(logPath, 'a')
  try {
    // Not in the mark of another run that we may be part of: its end is not the end of our keeper.
    const { [markName]: _, ...env } = process.env
    const child = spawn(process.execPath, argv, { cwd: '/', env, detached: true, stdio: ['pipe', 'pipe', log] })
    const connection = new Connection(child, stateFolder, logPath, clock)
    try {
      await connection.ready
      return connection
    } catch (error) {
      await connection.abandon()
      throw error
    }
  } finally {
    closeSync(log)
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

class Connection implements KeeperClient {
  readonly pid: number
  readonly stateFolder: string
  readonly mark: Readonly<Record<string, string>>
  readonly gone: Promise<KeeperEnd>
  readonly ready: Promise<void>
  readonly #child: ChildProcess
  readonly #clock: Clock
  readonly #logPath: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #exitedListeners = new Set<(event: ExitEvent) => void>()
  readonly #replacedListeners = new Set<(event: ReplacedEvent) => void>()
  #lastId = 0
  #isGone = false
  #isEnding = false
  #isDetached = false
  #ended: Promise<void> | null = null

  constructor(child: ChildProcess, stateFolder: string, logPath: string, clock: Clock) {
    this.#child = child
    this.#clock = clock
    this.#logPath = logPath
    this.pid = child.pid ?? 0
    this.stateFolder = stateFolder
    this.mark = { [markName]: markOf(stateFolder) }
    const first = Promise.withResolvers<void>()
    this.ready = this.#within(keeperStartMsMax, first.promise, 'starting')
    this.gone = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null, why: string): void => {
        this.#isGone = true
        const error = new KeeperError({ kind: 'gone', message: `the keeper has ended (${why}); its log: ${logPath}` })
        first.reject(error)
        for (const one of this.#waiting.values()) one.reject(error)
        this.#waiting.clear()
        resolve({ planned: this.#isEnding || this.#isDetached, code, signal })
      }
      child.once('error', (error) => {
        first.reject(
          new KeeperError({ kind: 'will_not_start', message: `the keeper cannot be started: ${error.message}` }),
        )
        end(null, null, error.message)
      })
      // `close` comes after the last line it said, which may tell why it gave up; `exit` may come before.
      child.once('close', (code, signal) => end(code, signal, signal ?? `code ${code}`))
    })
    child.stdin?.on('error', () => undefined)
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line, first))
  }

  spawn = (spec: SpawnSpec): Promise<Spawned> => this.#ask<'spawn'>({ kind: 'spawn', spec }, requestMsMax)

  signal = async (name: string, signal: NodeJS.Signals, { planned, tree }: SignalOptions): Promise<void> => {
    await this.#ask<'signal'>({ kind: 'signal', name, signal, planned, tree }, requestMsMax)
  }

  stop = (
    name: string,
    { signal, graceMs }: { readonly signal: NodeJS.Signals; readonly graceMs: number },
  ): Promise<Stopped> => this.#ask<'stop'>({ kind: 'stop', name, signal, graceMs }, requestMsMax + graceMs)

  adopt = async (name: string, pid: number): Promise<void> => {
    await this.#ask<'adopt'>({ kind: 'adopt', name, pid }, requestMsMax)
  }

  recordUndo = async (id: string, action: UndoAction): Promise<void> => {
    await this.#ask<'recordUndo'>({ kind: 'recordUndo', id, action }, requestMsMax)
  }

  undone = async (id: string): Promise<void> => {
    await this.#ask<'undone'>({ kind: 'undone', id }, requestMsMax)
  }

  heal = (id?: string): Promise<readonly HealOutcome[]> =>
    this.#ask<'heal'>({ kind: 'heal', id: id ?? null }, healMsMax + this.#commandsMsMax())

  removeAtEnd = async (path: string): Promise<void> => {
    await this.#ask<'removeAtEnd'>({ kind: 'removeAtEnd', path }, requestMsMax)
  }

  removeNow = async (path: string): Promise<void> => {
    await this.#ask<'removeNow'>({ kind: 'removeNow', path }, endAllMsMax)
  }

  detach = async (urls: Readonly<Record<string, string>>): Promise<void> => {
    await this.#ask<'detach'>({ kind: 'detach', urls }, requestMsMax)
    this.#isDetached = true
    this.#child.stdin?.end()
    this.#child.stdout?.destroy()
    this.#child.unref()
  }

  endAll = (): Promise<void> => {
    this.#ended ??= this.#endOnce()
    return this.#ended
  }

  onExited = (listener: (event: ExitEvent) => void): (() => void) => {
    this.#exitedListeners.add(listener)
    return () => this.#exitedListeners.delete(listener)
  }

  onReplaced = (listener: (event: ReplacedEvent) => void): (() => void) => {
    this.#replacedListeners.add(listener)
    return () => this.#replacedListeners.delete(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isDetached) await this.endAll()
  }

  /** It did not come up: its process is ended, and what it may have made is cleared. Never rejects. */
  async abandon(): Promise<void> {
    this.#isEnding = true
    // Killed before its pipe closes: else it would begin to end the run by itself, and leave its folder half removed.
    this.#child.kill('SIGKILL')
    this.#child.stdin?.destroy()
    await this.#within(goneAfterKillMsMax, this.gone, 'ending').catch(() => undefined)
    // Should it outlive its kill, its pipe must not keep us from ending.
    this.#child.stdout?.destroy()
    this.#child.unref()
    // One that gave up because there is a run of that name has left us the other's folder: not ours to clear.
    const record = readRecord(this.stateFolder)
    if (record?.keeper.pid !== this.pid) return
    // What it cannot clear stays for the next start to clear; the caller is told why the keeper did not come up.
    await endRun(this.stateFolder, record, this.#clock).catch(() => undefined)
  }

  /** Undos that are commands of the users' own have deadlines of their own. */
  #commandsMsMax(): number {
    try {
      return commandsMsMax(readUndos(this.stateFolder).undos)
    } catch {
      // What the keeper cannot read either it tells itself; it must be asked all the same.
      return 0
    }
  }

  async #endOnce(): Promise<void> {
    const problems = this.#isGone ? await this.#clearByHand() : await this.#askToEnd()
    if (problems.length === 0) return
    throw new KeeperError({
      kind: 'no_answer',
      message: `not all of the run could be ended: ${problems.join('; ')}`,
      hint: `squall heal tries again; the keeper's log: ${this.#logPath}`,
    })
  }

  async #askToEnd(): Promise<readonly string[]> {
    this.#isEnding = true
    try {
      const problems = await this.#ask<'endAll'>({ kind: 'endAll' }, endAllMsMax + this.#commandsMsMax())
      await this.#within(requestMsMax, this.gone, 'ending')
      return problems
    } catch (error) {
      if (!(error instanceof KeeperError) || (error.kind !== 'gone' && error.kind !== 'no_answer')) throw error
      this.#child.kill('SIGKILL')
      return this.#clearByHand()
    }
  }

  /** The keeper died before us: what it kept is ended from its state folder. */
  async #clearByHand(): Promise<readonly string[]> {
    if (!existsSync(this.stateFolder)) return []
    // A record that cannot be read is no proof that nothing runs: processes are found by the run's mark as well.
    return (await endRun(this.stateFolder, readRecord(this.stateFolder), this.#clock)).problems
  }

  async #ask<Kind extends KeeperRequest['kind']>(
    request: Extract<KeeperRequest, { readonly kind: Kind }>,
    msMax: number,
  ): Promise<KeeperResults[Kind]> {
    if (this.#isGone || this.#isDetached) {
      throw new KeeperError({ kind: 'gone', message: `the keeper has ended; its log: ${this.#logPath}` })
    }
    this.#lastId += 1
    const id = this.#lastId
    const answered = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answered)
    const line: RequestLine = { id, request }
    this.#child.stdin?.write(`${JSON.stringify(line)}\n`)
    try {
      // Both ends are of one version: an answer has the shape that its request's kind has in KeeperResults.
      return (await this.#within(msMax, answered.promise, request.kind)) as KeeperResults[Kind]
    } finally {
      this.#waiting.delete(id)
    }
  }

  async #within<T>(msMax: number, work: Promise<T>, what: string): Promise<T> {
    const timer = new AbortController()
    const late = this.#clock.sleep(msMax, timer.signal).then(() => {
      if (timer.signal.aborted) return work
      const message = `the keeper did not answer within ${msMax / 1_000} s (${what}); its log: ${this.#logPath}`
      throw new KeeperError({ kind: 'no_answer', message })
    })
    try {
      return await Promise.race([work, late])
    } finally {
      late.catch(() => undefined)
      timer.abort()
    }
  }

  #hear(line: string, first: PromiseWithResolvers<void>): void {
    const heard = parseLine(line)
    if (heard === undefined) return
    if ('ready' in heard) first.resolve()
    else if ('failed' in heard) first.reject(new KeeperError(heard.failed))
    else if ('event' in heard) this.#tell(heard)
    else if ('error' in heard) this.#waiting.get(heard.id)?.reject(new KeeperError(heard.error))
    else this.#waiting.get(heard.id)?.resolve(heard.result)
  }

  #tell(event: KeeperEvent): void {
    if (event.event === 'exited') for (const listener of this.#exitedListeners) listener(event)
    else for (const listener of this.#replacedListeners) listener(event)
  }
}

/** Undefined for what is no line of the keeper's, such as a warning that Node prints. */
function parseLine(line: string): FirstLine | KeeperEvent | AnswerLine | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
