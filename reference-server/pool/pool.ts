import { uptimeMs } from '../clock.ts'
import { asFailure } from '../failure.ts'
import type { Connect, Connection } from './connection.ts'
import { type SlotLimits, Slots, type SlotWatcher } from './slots.ts'

export interface PoolLimits extends SlotLimits {
  /** Connections older than this are replaced when next taken; 0: never. */
  readonly recycleMs: number
  /** One round trip before each use, to find dead connections. */
  readonly prePing: boolean
}

export interface PoolWatcher extends SlotWatcher {
  checkedOut(): void
  /** The slot's whole use, opening and ping included: calls/s times this is the number of connections needed. */
  held(useMs: number): void
  created(createMs: number): void
  closed(): void
}

interface Pooled {
  readonly connection: Connection
  readonly openedAtMs: number
}

/**
 * A bounded pool of connections, with the rules of the pools that the presets describe: `size` kept, `maxOverflow`
 * more under load, waiting in order of arrival, checked by a ping and replaced by age when taken. A dead connection
 * found by the ping is replaced within the same slot; if that fails too, the caller gets the failure.
 */
export class Pool {
  readonly #limits: PoolLimits
  readonly #watcher: PoolWatcher
  readonly #connect: Connect
  readonly #slots: Slots<Pooled>

  constructor(limits: PoolLimits, watcher: PoolWatcher, connect: Connect) {
    this.#limits = limits
    this.#watcher = watcher
    this.#connect = connect
    this.#slots = new Slots(limits, watcher)
  }

  get max(): number {
    return this.#slots.max
  }

  /** Open connections are `used` (opening ones included) + `idle`. */
  get counts(): { readonly used: number; readonly idle: number; readonly pending: number } {
    return { used: this.#slots.used, idle: this.#slots.idle, pending: this.#slots.pending }
  }

  /**
   * Lends a connection to `work` and takes it back whatever happens. When the signal aborts, a waiting caller leaves
   * the queue and a connection at work is destroyed, so that the call rejects at once with the signal's reason.
   * Otherwise rejects with a Failure of the pool or of connecting, or with what `work` threw.
   */
  async run<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    const { idle } = await this.#slots.take(signal)
    const sinceMs = uptimeMs()
    let pooled: Pooled | undefined
    try {
      pooled = await this.#ready(idle, signal)
      this.#watcher.checkedOut()
      return await abortable(pooled.connection, signal, work)
    } finally {
      this.#giveBack(pooled)
      this.#watcher.held(uptimeMs() - sinceMs)
    }
  }

  /**
   * Opens the kept connections ahead of the first callers, so that a start in the morning is no storm of logins.
   * Resolves when all are open or have failed; failures are left for the callers to see.
   */
  async fill(signal: AbortSignal): Promise<void> {
    let expected = this.#limits.size
    const all = Promise.withResolvers<void>()
    const arrived = (): void => {
      expected -= 1
      if (expected === 0) all.resolve()
    }
    const callers = Array.from({ length: expected }, async () => {
      let isOpen = false
      try {
        await this.run(signal, async () => {
          isOpen = true
          arrived()
          // Held until the last one is open: else the first to come back would be lent again.
          await all.promise
        })
      } finally {
        if (!isOpen) arrived()
      }
    })
    await Promise.allSettled(callers)
  }

  /** Refuses new callers and those that wait, closes idle connections; those at work are closed when given back. */
  async close(): Promise<void> {
    await Promise.all(this.#slots.close().map((pooled) => this.#retire(pooled)))
  }

  async #ready(idle: Pooled | undefined, signal: AbortSignal): Promise<Pooled> {
    if (signal.aborted) {
      if (idle !== undefined) this.#discard(idle)
      throw signal.reason
    }
    if (idle === undefined) return this.#open(signal)
    if (this.#expired(idle)) {
      void this.#retire(idle)
      return this.#open(signal)
    }
    if (!this.#limits.prePing) return idle
    try {
      await abortable(idle.connection, signal, (connection) => connection.ping())
      return idle
    } catch {
      this.#discard(idle)
      if (signal.aborted) throw signal.reason
      return this.#open(signal)
    }
  }

  #expired({ openedAtMs }: Pooled): boolean {
    return this.#limits.recycleMs > 0 && uptimeMs() - openedAtMs >= this.#limits.recycleMs
  }

  async #open(signal: AbortSignal): Promise<Pooled> {
    const sinceMs = uptimeMs()
    let connection: Connection
    try {
      connection = await this.#connect(signal)
    } catch (error) {
      throw signal.aborted ? signal.reason : asFailure(error)
    }
    const pooled = { connection, openedAtMs: uptimeMs() }
    this.#watcher.created(pooled.openedAtMs - sinceMs)
    connection.onBreak(() => {
      // At work its borrower sees the failure and gives the slot back; an idle one has nobody else to notice.
      if (this.#slots.forget(pooled)) this.#watcher.closed()
    })
    return pooled
  }

  #giveBack(pooled: Pooled | undefined): void {
    if (pooled?.connection.broken === true) {
      this.#watcher.closed()
      this.#slots.release(undefined)
      return
    }
    const surplus = this.#slots.release(pooled)
    if (surplus !== undefined) void this.#retire(surplus)
  }

  #discard({ connection }: Pooled): void {
    connection.destroy()
    this.#watcher.closed()
  }

  async #retire({ connection }: Pooled): Promise<void> {
    this.#watcher.closed()
    await connection.close()
  }
}

/** Runs work on a connection; an abort destroys the connection, and the signal's reason is what is thrown. */
async function abortable<T>(
  connection: Connection,
  signal: AbortSignal,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const onAbort = (): void => connection.destroy()
  signal.addEventListener('abort', onAbort)
  try {
    return await work(connection)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
