import { uptimeMs } from '../clock.ts'
import { asFailure } from '../failure.ts'
import type { Connect, Connection } from './connection.ts'
import { type Grant, type SlotLimits, Slots, type SlotWatcher } from './slots.ts'

export interface PoolLimits extends SlotLimits {
  /** Connections older than this are replaced when next taken; 0: never. */
  readonly recycleMs: number
  /** One round trip before each use, to find dead connections. */
  readonly prePing: boolean
}

export interface PoolWatcher extends SlotWatcher {
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
    const granted = await this.#slots.take(signal)
    const sinceMs = uptimeMs()
    let pooled: Pooled | undefined
    try {
      pooled = await this.#ready(granted, signal)
    } finally {
      // Without one there is nothing to give back: what was taken has been given up on the way.
      if (pooled === undefined) this.#watcher.held(uptimeMs() - sinceMs)
    }
    try {
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

  /** As it was granted, once it is known to be good; else another in its place, and so on. */
  async #ready(granted: Grant<Pooled>, signal: AbortSignal): Promise<Pooled> {
    for (let grant = granted; ; grant = await this.#slots.exchange(signal)) {
      if (grant.isNew) return grant.connection
      if (this.#expired(grant.connection)) void this.#retire(grant.connection)
      else if (await this.#answers(grant.connection, signal)) return grant.connection
      else this.#discard(grant.connection)
    }
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
    const pooled = { connection, openedAtMs: uptimeMs() }
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
