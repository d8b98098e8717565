import { Failure } from '../failure.ts'
import type { Connect, Connection, Row } from '../pool/connection.ts'

/** A connection in memory. Tests decide what its pings do, break it, and see how it was ended. */
export class FakeConnection implements Connection {
  broken = false
  ended: 'destroyed' | 'closed' | undefined
  pings = 0
  /** What the next ping does; a promise that never settles is a black hole. */
  pong: () => Promise<void> = () => Promise.resolve()
  readonly #rejectInFlight = new Set<(reason: Failure) => void>()
  #listener: (() => void) | undefined

  query(): Promise<readonly Row[]> {
    return Promise.resolve([])
  }

  ping(): Promise<void> {
    this.pings += 1
    return this.inFlight(this.pong())
  }

  /** Work that ends when `settles` does, or rejects when the connection goes. */
  inFlight(settles: Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (this.broken) reject(lost())
    this.#rejectInFlight.add(reject)
    settles.then(resolve, reject).finally(() => this.#rejectInFlight.delete(reject))
    return promise
  }

  onBreak(listener: () => void): void {
    this.#listener = listener
  }

  /** As when the server ends the backend. */
  break(): void {
    if (this.broken) return
    this.#end()
    this.#listener?.()
  }

  destroy(): void {
    this.ended ??= 'destroyed'
    this.#end()
  }

  close(): Promise<void> {
    this.ended ??= 'closed'
    this.#end()
    return Promise.resolve()
  }

  #end(): void {
    this.broken = true
    for (const reject of this.#rejectInFlight) reject(lost())
  }
}

function lost(): Failure {
  return new Failure('database_unavailable', 'the connection was lost')
}

/** A database in memory: every connection it opened, and what the next dial does. */
export class FakeDatabase {
  readonly opened: FakeConnection[] = []
  /** Undefined: dialling works at once. A promise that never settles is a host that does not answer. */
  dial: (() => Promise<void>) | undefined

  readonly connect: Connect = async (signal) => {
    const { promise, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    try {
      if (this.dial !== undefined) await Promise.race([this.dial(), promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
    const connection = new FakeConnection()
    this.opened.push(connection)
    return connection
  }

  get alive(): number {
    return this.opened.filter(({ broken }) => !broken).length
  }
}
