import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ProbeLine, ProbeTarget } from './prober.ts'
import { classifySocketError, SocketClosed } from './socket-error.ts'

/** One socket, kept as long as the server keeps it; a new one only where the server said that it would close it. */
class Line implements ProbeLine {
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #socket: Socket | null = null

  constructor(url: string) {
    this.#url = url
  }

  /** A first question: a socket alone would be taken by a kernel whose server stands still. */
  async open(): Promise<void> {
    await this.ask()
  }

  /** Any status is an answer, and counts when its head has come: who answers is there. */
  async ask(): Promise<null> {
    if (this.#socket?.destroyed) throw new SocketClosed()
    const request = get(this.#url, { agent: this.#agent })
    // Told to whoever waits for the answer; what comes after it is the next question's.
    request.on('error', () => undefined)
    request.once('socket', (socket) => {
      this.#socket = socket
    })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.on('error', () => undefined)
    response.resume()
    if (response.headers.connection?.toLowerCase() === 'close') this.#socket = null
    return null
  }

  destroy(): void {
    this.#agent.destroy()
  }
}

/** An HTTP server, asked for `url` by GET. */
export function httpTarget(url: string): ProbeTarget {
  const classify = (error: unknown) => classifySocketError(error) ?? 'other'
  return { newLine: () => new Line(url), classify, sqlStateOf: () => null, isBrokenBy: () => true }
}
