import { randomUUID } from 'node:crypto'
import { every, uptimeMs } from '../clock.ts'

// Ten times the users of the largest launch phase that one instance is meant for; each session is some 100 bytes.
const sessionsMax = 10_000
// Clients that vanish without DELETE must not fill the table for good; users think for seconds, not for half an hour.
const idleMsMax = 30 * 60_000
const sweepMs = 60_000

export interface Session {
  readonly id: string
  readonly protocolVersion: string
  lastUsedMs: number
}

/** The sessions of the legacy era: opened by `initialize`, ended by DELETE or after half an hour without use. */
export class Sessions {
  readonly #byId = new Map<string, Session>()
  readonly #stopSweep: () => void

  constructor() {
    this.#stopSweep = every(sweepMs, () => this.sweep())
  }

  get count(): number {
    return this.#byId.size
  }

  /** Undefined when the table is full. */
  open(protocolVersion: string): Session | undefined {
    if (this.#byId.size >= sessionsMax) return undefined
    const session = { id: randomUUID(), protocolVersion, lastUsedMs: uptimeMs() }
    this.#byId.set(session.id, session)
    return session
  }

  use(id: string): Session | undefined {
    const session = this.#byId.get(id)
    if (session !== undefined) session.lastUsedMs = uptimeMs()
    return session
  }

  end(id: string): boolean {
    return this.#byId.delete(id)
  }

  sweep(): void {
    const oldestMs = uptimeMs() - idleMsMax
    for (const [id, { lastUsedMs }] of this.#byId) if (lastUsedMs < oldestMs) this.#byId.delete(id)
  }

  close(): void {
    this.#stopSweep()
    this.#byId.clear()
  }
}
