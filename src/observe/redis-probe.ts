import { createConnection, type Socket } from 'node:net'
import type { ProbeLine, ProbeTarget } from './prober.ts'
import { classifySocketError, SocketClosed } from './socket-error.ts'

/** An inline command (Redis protocol specification): any line that comes back is an answer, a refusal too. */
const ping = 'PING\r\n'
/** A line is short; whoever sends more than this without an end of line does not speak the protocol. */
const lineBytesMax = 4_096

class Line implements ProbeLine {
  readonly #socket: Socket
  #waiting: PromiseWithResolvers<null> | null = null
  #received = ''
  #failure: Error | null = null

  constructor(host: string, port: number) {
    this.#socket = createConnection({ host, port, noDelay: true })
    this.#socket.setEncoding('utf8')
    this.#socket.on('data', (text: string) => this.#read(text))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new SocketClosed()))
  }

  /** A first question: a socket alone would be taken by a kernel whose server stands still. */
  async open(): Promise<void> {
    await this.ask()
  }

  ask(): Promise<null> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    this.#waiting = Promise.withResolvers()
    this.#socket.write(ping)
    return this.#waiting.promise
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#received += text
    if (this.#received.includes('\r\n')) {
      this.#received = ''
      this.#waiting?.resolve(null)
    } else if (this.#received.length > lineBytesMax) this.#socket.destroy()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#waiting?.reject(this.#failure)
  }
}

/** A Redis, or what speaks like one, asked by PING. */
export function redisTarget(host: string, port: number): ProbeTarget {
  const classify = (error: unknown) => classifySocketError(error) ?? 'other'
  return { newLine: () => new Line(host, port), classify, sqlStateOf: () => null, isBrokenBy: () => true }
}
