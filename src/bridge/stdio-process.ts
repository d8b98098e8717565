import { type ChildProcess, spawn } from 'node:child_process'
import { endGraceMs, initializeMsMax, lineBytesMax, waitingBytesMax, waitingRequestsMax } from './limits.ts'
import { Lines } from './lines.ts'

export interface Message {
  readonly jsonrpc?: string
  readonly id?: string | number | null
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/** What a request came to. `atNs`: when the process's line had come. */
export type Reply = { readonly message: Message; readonly atNs: bigint }

/** The process cannot answer: it has ended, or does not read. Its message is for people. */
export class NoReply extends Error {}

interface Waiting {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: NoReply) => void
}

/** One stdio MCP server. Requests get ids of the bridge's own, so that users' ids never meet in it. */
export class StdioProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  readonly #lines = new Lines(lineBytesMax)
  #lastId = 0
  /** Why it answers no more; null: it does. */
  #over: string | null = null
  #isEnding = false

  /** `onOver` is called once, when it answers no more; `planned`: because end() was called. */
  constructor(command: readonly string[], env: NodeJS.ProcessEnv, onOver: (why: string, planned: boolean) => void) {
    const [program = '', ...args] = command
    this.#child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const over = (why: string) => {
      if (this.#over !== null) return
      this.#over = why
      for (const { reject } of this.#waiting.values()) reject(new NoReply(why))
      this.#waiting.clear()
      onOver(why, this.#isEnding)
    }
    this.#child.on('error', (error) => over(`the stdio server cannot be run: ${error.message}`))
    this.#child.on('exit', (code, signal) => over(`the stdio server ended (${signal ?? `code ${code}`})`))
    this.#child.stdin?.on('error', () => undefined)
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const lines = this.#lines.add(chunk)
      for (const line of lines ?? []) this.#hear(line)
      if (lines !== null) return
      over(`the stdio server wrote a line of over ${lineBytesMax} bytes`)
      this.#child.kill('SIGKILL')
    })
  }

  get isOver(): boolean {
    return this.#over !== null
  }

  /** Sends a request under an id of the bridge's own. Rejects with NoReply when it ends before it answers. */
  request(method: string, params: unknown): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    const refused = this.#refusal()
    if (refused !== null) return Promise.reject(new NoReply(refused))
    this.#lastId += 1
    this.#waiting.set(this.#lastId, { resolve, reject })
    this.#write({ jsonrpc: '2.0', id: this.#lastId, method, ...(params === undefined ? {} : { params }) })
    return promise
  }

  notify(method: string, params: unknown): void {
    if (this.#refusal() === null) this.#write({ jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) })
  }

  /** `initialize` and its confirmation. The result, as the process gave it. */
  async initialize(params: unknown): Promise<Message> {
    const { message } = await Promise.race([this.request('initialize', params), tooLate()])
    if (message.result !== undefined) this.notify('notifications/initialized', undefined)
    return message
  }

  /** Closes its input, as the protocol asks, and kills what then does not go. */
  async end(): Promise<void> {
    this.#isEnding = true
    if (this.#over !== null) return
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.stdin?.end()
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), endGraceMs)
    await gone
    clearTimeout(kill)
  }

  #refusal(): string | null {
    if (this.#over !== null) return this.#over
    if (this.#waiting.size >= waitingRequestsMax) return `${this.#waiting.size} requests wait for the stdio server`
    const waitingBytes = this.#child.stdin?.writableLength ?? 0
    return waitingBytes > waitingBytesMax ? `the stdio server does not read: ${waitingBytes} bytes wait for it` : null
  }

  #write(message: Message): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`)
  }

  #hear(line: string): void {
    const atNs = process.hrtime.bigint()
    const message = parse(line)
    if (message === null) return
    if (message.method !== undefined) this.#answerOwn(message)
    else if (typeof message.id === 'number') {
      this.#waiting.get(message.id)?.resolve({ message, atNs })
      this.#waiting.delete(message.id)
    }
  }

  /** What the server asks of its client: it is told that we live, and that we can do nothing else. */
  #answerOwn({ id, method }: Message): void {
    if (id === undefined || id === null) return
    if (method === 'ping') this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: {} })}\n`)
    else {
      const error = { code: -32601, message: `the bridge has no ${method}` }
      this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`)
    }
  }
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new NoReply('the stdio server does not answer initialize')), initializeMsMax).unref()
  })
}

/** Servers that print prose to their standard output are wrong, and common: it is passed over. */
function parse(line: string): Message | null {
  try {
    const message: unknown = JSON.parse(line)
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? (message as Message) : null
  } catch {
    return null
  }
}
