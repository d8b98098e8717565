import { randomUUID } from 'node:crypto'
import type { StdioShare } from '../domain/bridge.ts'
import { restartPauseMs } from './limits.ts'
import { type Message, NoReply, StdioProcess } from './stdio-process.ts'

export interface PoolOptions {
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly share: StdioShare
  readonly max: number
  /** For the log. */
  readonly say: (text: string) => void
}

export interface Session {
  /** null: all users share the process, and there are no sessions. */
  readonly id: string | null
  readonly opened: Message
}

interface Shared {
  readonly process: StdioProcess
  readonly opened: Promise<Message>
}

/** No room for one more process. */
export class TooMany extends Error {}

/** The processes behind the bridge, by how they are shared. */
export class ProcessPool {
  readonly #options: PoolOptions
  readonly #sessions = new Map<string, StdioProcess>()
  #shared: Shared | null = null
  #diedAtMs = Number.NEGATIVE_INFINITY
  #deaths = 0
  #running = 0
  /** What a process that is started anew is told first. */
  readonly #firstParams: unknown

  constructor(options: PoolOptions, firstParams: unknown) {
    this.#options = options
    this.#firstParams = firstParams
  }

  get deaths(): number {
    return this.#deaths
  }

  get running(): number {
    return this.#running
  }

  /** A shared process is kept; one a session is tried and ended. Rejects with NoReply where it is no MCP server. */
  async prove(): Promise<void> {
    if (this.#options.share === 'all') {
      const { result } = await this.#sharedOne().opened
      if (result === undefined) throw new NoReply('the stdio server refuses initialize')
      return
    }
    const trial = this.#start()
    const { result } = await trial.initialize(this.#firstParams)
    await trial.end()
    if (result === undefined) throw new NoReply('the stdio server refuses initialize')
  }

  /** Rejects with TooMany or NoReply. */
  async open(params: unknown): Promise<Session> {
    if (this.#options.share === 'all') return { id: null, opened: await this.#sharedOne().opened }
    if (this.#sessions.size >= this.#options.max)
      throw new TooMany(`${this.#sessions.size} stdio servers run, and there may be ${this.#options.max}`)
    const id = randomUUID()
    const process = this.#start(() => this.#sessions.delete(id))
    // Its place is taken from now on, not from when it has answered.
    this.#sessions.set(id, process)
    const opened = await process.initialize(params)
    if (opened.result === undefined) await this.close(id)
    return { id, opened }
  }

  /** The process of a session; null: there is no such session. Rejects with NoReply while the shared one is down. */
  async processOf(id: string | null): Promise<StdioProcess | null> {
    if (this.#options.share === 'user') return this.#sessions.get(id ?? '') ?? null
    const shared = this.#sharedOne()
    await shared.opened
    return shared.process
  }

  /** False: there is no such session. */
  async close(id: string | null): Promise<boolean> {
    const process = this.#sessions.get(id ?? '')
    if (process === undefined) return false
    await process.end()
    return true
  }

  async end(): Promise<void> {
    const shared = this.#shared === null ? [] : [this.#shared.process]
    await Promise.all([...shared, ...this.#sessions.values()].map((process) => process.end()))
  }

  /** Started at the first request after it has ended, and no sooner than a pause after that. */
  #sharedOne(): Shared {
    if (this.#shared !== null) return this.#shared
    const leftMs = this.#diedAtMs + restartPauseMs - performance.now()
    if (leftMs > 0) throw new NoReply(`the stdio server has ended; it is started anew in ${Math.ceil(leftMs)} ms`)
    const process = this.#start(() => {
      this.#shared = null
    })
    const opened = process.initialize(this.#firstParams)
    opened.catch(() => undefined)
    this.#shared = { process, opened }
    return this.#shared
  }

  #start(onOver: () => void = () => undefined): StdioProcess {
    const { command, env, say } = this.#options
    this.#running += 1
    return new StdioProcess(command, env, (why, planned) => {
      this.#running -= 1
      if (!planned) {
        this.#deaths += 1
        this.#diedAtMs = performance.now()
        say(why)
      }
      onOver()
    })
  }
}
