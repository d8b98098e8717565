import { uptimeMs } from '../clock.ts'
import { asFailure, Failure } from '../failure.ts'
import type { Connect, Connection } from './connection.ts'
import { type Grant, type SlotLimits, Slots, type SlotWatcher } from './slots.ts'

export interface PoolLimits extends SlotLimits {
  /** Connections older than this are replaced when next taken; 0: never. */
  readonly recycleMs: number
  /** One round trip before each use, to find dead connections. */
  readonly prePing: boolean
}

export interface PoolWatcher extends SlotWatcher {
  /** Once a caller: until there was a good connection, or none; opening it included. */
  waited(waitMs: number): void
  checkedOut(): void
  /** A connection's whole use, ping included: calls/s times this is the number of connections needed. */
  held(useMs: number): void
  created(createMs: number): void
  closed(): void
}

export interface PoolCounts {
  readonly used: number
  readonly idle: number
  readonly opening: number
  /** Callers that wait without a connection being opened for them: there is no room. */
  readonly pending: number
}

interface Pooled {
  readonly connection: Connection
  readonly openedAtMs: number
  takenAtMs: number
}

/**
 * A bounded pool of connections, with the rules of the pools that the presets describe: `size` kept, `maxOverflow`
 * more under load, waiting in order of arrival, checked by a ping and replaced by age when taken. In place of a dead
 * connection found by the ping another is opened; if that fails, the caller gets the failure.
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
    this.#slots = new Slots<Pooled>(limits, watcher, {
      open: (signal) => this.#open(signal),
      close: (pooled) => void this.#retire(pooled),
    })
  }

  get max(): number {
    return this.#slots.max
  }

  get counts(): PoolCounts {
    const { used, idle, opening, pending } = this.#slots
    return { used, idle, opening, pending }
  }

  /**
   * Lends a connection to `work` and takes it back whatever happens. When the signal aborts, a waiting caller leaves
   * the queue and a connection at work is destroyed, so that the call rejects at once with the signal's reason.
   * Otherwise rejects with a Failure of the pool or of connecting, or with what `work` threw.
   */
  async run<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    const pooled = await this.#acquire(signal)
    try {
      this.#watcher.checkedOut()
      return await abortable(pooled.connection, signal, work)
    } finally {
      this.#giveBack(pooled)
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

  /** One that is known to be good. In place of one that is not there is another, and so on, but not for ever. */
  async #acquire(signal: AbortSignal): Promise<Pooled> {
    let waitedMs = 0
    const waitFor = async (grant: Promise<Grant<Pooled>>): Promise<Grant<Pooled>> => {
      const sinceMs = uptimeMs()
      try {
        return await grant
      } finally {
        waitedMs += uptimeMs() - sinceMs
      }
    }
    try {
      let grant = await waitFor(this.#slots.take(signal))
      for (let tries = 0; tries <= this.max; tries++) {
        grant.connection.takenAtMs = uptimeMs()
        if (grant.isNew || (await this.#isGood(grant.connection, signal))) return grant.connection
        this.#watcher.held(uptimeMs() - grant.connection.takenAtMs)
        grant = await waitFor(this.#slots.exchange(signal))
      }
      this.#giveBack(grant.connection)
      throw new Failure('database_unavailable', `${this.max + 1} connections in a row were no good`)
    } finally {
      this.#watcher.waited(waitedMs)
    }
  }

  /** False: it has been ended. */
  async #isGood(pooled: Pooled, signal: AbortSignal): Promise<boolean> {
    if (this.#expired(pooled)) void this.#retire(pooled)
    else if (await this.#answers(pooled, signal)) return true
    else this.#discard(pooled)
    return false
  }

  async #answers({ connection }: Pooled, signal: AbortSignal): Promise<boolean> {
    if (!this.#limits.prePing) return true
    try {
      await abortable(connection, signal, () => connection.ping())
      return true
    } catch {
      return false
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
    const openedAtMs = uptimeMs()
    const pooled = { connection, openedAtMs, takenAtMs: openedAtMs }
    this.#watcher.created(pooled.openedAtMs - sinceMs)
    connection.onBreak(() => {
      // At work its borrower sees the failure and gives the slot back; an idle one has nobody else to notice.
      if (this.#slots.forget(pooled)) this.#watcher.closed()
    })
    return pooled
  }

  #giveBack(pooled: Pooled): void {
    const isBroken = pooled.connection.broken
    if (isBroken) this.#watcher.closed()
    this.#slots.release(isBroken ? undefined : pooled)
    this.#watcher.held(uptimeMs() - pooled.takenAtMs)
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
  if (signal.aborted) {
    onAbort()
    throw signal.reason
  }
  signal.addEventListener('abort', onAbort)
  try {
    return await work(connection)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
