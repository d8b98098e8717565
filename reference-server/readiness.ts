import { uptimeMs } from './clock.ts'
import { asFailure } from './failure.ts'
import type { Connect, Statement } from './pool/connection.ts'

// A load balancer asks every second or so: an older answer would be a lie about the present.
const cacheMs = 250
/** The whole check, connecting included. */
const checkMsMax = 1_000
const selectOne: Statement = { name: 'ready', text: 'select 1', kind: 'select' }

export interface Readiness {
  readonly ready: boolean
  readonly reason: string
}

/**
 * Asks the database itself, over a connection of its own that is opened and closed each time: an exhausted pool
 * cannot starve it, and no old socket can answer for a database that takes no new ones. Never rejects.
 */
export class ReadinessCheck {
  readonly #connect: Connect
  #last: { readonly atMs: number; readonly result: Promise<Readiness> } | undefined

  constructor(connect: Connect) {
    this.#connect = connect
  }

  /** Answers that began at most 250 ms ago are shared, also those still under way. */
  check(): Promise<Readiness> {
    const nowMs = uptimeMs()
    if (this.#last !== undefined && nowMs - this.#last.atMs <= cacheMs) return this.#last.result
    const result = this.#ask()
    this.#last = { atMs: nowMs, result }
    return result
  }

  async #ask(): Promise<Readiness> {
    const signal = AbortSignal.timeout(checkMsMax)
    try {
      const connection = await this.#connect(signal)
      const onAbort = (): void => connection.destroy()
      signal.addEventListener('abort', onAbort)
      try {
        await connection.query(selectOne, [])
      } finally {
        signal.removeEventListener('abort', onAbort)
        if (!connection.broken) void connection.close()
      }
      return { ready: true, reason: 'the database answers' }
    } catch (error) {
      const late = signal.aborted ? `no answer from the database within ${checkMsMax} ms` : undefined
      return { ready: false, reason: late ?? asFailure(error).message }
    }
  }
}
