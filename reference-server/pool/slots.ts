import { after, uptimeMs } from '../clock.ts'
import { Failure } from '../failure.ts'

/** What a caller that got a slot also gets: an idle connection, or the right to open one. */
export interface Grant<T> {
  readonly idle: T | undefined
}

interface Waiter<T> {
  grant(idle: T | undefined): void
  refuse(failure: Failure): void
}

export interface SlotLimits {
  /** Connections that are kept when idle. At least 1. */
  readonly size: number
  /** Further connections under load; closed on release once `size` are idle. */
  readonly maxOverflow: number
  /** How long a caller waits for a slot; 0: without limit. */
  readonly acquireTimeoutMs: number
}

/** Told of each change of the two numbers, and of each caller's waiting. */
export interface SlotWatcher {
  changed(used: number, pending: number): void
  waited(waitMs: number): void
  timedOut(): void
}

/**
 * Who holds how many connections, and who waits, first come first served. A slot is taken from its grant until
 * `release`, so opening and pinging a connection count as use. Knows nothing of databases.
 *
 * Always: used + idle <= size + maxOverflow, and nobody waits while a slot is free.
 */
export class Slots<T> {
  readonly #limits: SlotLimits
  readonly #watcher: SlotWatcher
  readonly #idle: T[] = []
  // A Set keeps the order of arrival and lets one that gives up leave from the middle.
  readonly #waiters = new Set<Waiter<T>>()
  #used = 0
  #closed = false

  constructor(limits: SlotLimits, watcher: SlotWatcher) {
    this.#limits = limits
    this.#watcher = watcher
  }

  get max(): number {
    return this.#limits.size + this.#limits.maxOverflow
  }

  get used(): number {
    return this.#used
  }

  get idle(): number {
    return this.#idle.length
  }

  get pending(): number {
    return this.#waiters.size
  }

  /** Rejects with `pool_timeout`, with the signal's reason when that aborts first, or with `shutting_down`. */
  take(signal: AbortSignal): Promise<Grant<T>> {
    if (this.#closed) return Promise.reject(shuttingDown())
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#used < this.max) {
      this.#used += 1
      this.#watcher.waited(0)
      this.#tell()
      return Promise.resolve({ idle: this.#idle.shift() })
    }
    return this.#wait(signal)
  }

  /**
   * Gives a slot back, with its connection when that is still good. Returns the connection if there is no use for
   * it: the caller closes it.
   */
  release(connection: T | undefined): T | undefined {
    for (const first of this.#waiters) {
      first.grant(connection)
      return undefined
    }
    this.#used -= 1
    const keep = connection !== undefined && !this.#closed && this.#idle.length < this.#limits.size
    if (keep) this.#idle.push(connection)
    this.#tell()
    return keep ? undefined : connection
  }

  /** Takes an idle connection out, because it broke. False: it was not idle. */
  forget(connection: T): boolean {
    const at = this.#idle.indexOf(connection)
    if (at < 0) return false
    this.#idle.splice(at, 1)
    this.#tell()
    return true
  }

  /** Refuses all who wait or come later, and hands over the idle connections to be closed. */
  close(): readonly T[] {
    this.#closed = true
    for (const waiter of [...this.#waiters]) waiter.refuse(shuttingDown())
    const idle = this.#idle.splice(0)
    this.#tell()
    return idle
  }

  #wait(signal: AbortSignal): Promise<Grant<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant<T>>()
    const sinceMs = uptimeMs()
    const leave = (): void => {
      this.#waiters.delete(waiter)
      stopTimer()
      signal.removeEventListener('abort', onAbort)
      this.#watcher.waited(uptimeMs() - sinceMs)
      this.#tell()
    }
    const waiter: Waiter<T> = {
      grant: (idle) => {
        leave()
        resolve({ idle })
      },
      refuse: (failure) => {
        leave()
        reject(failure)
      },
    }
    const onAbort = (): void => {
      leave()
      reject(signal.reason)
    }
    const { acquireTimeoutMs } = this.#limits
    const stopTimer = after(acquireTimeoutMs, () => {
      this.#watcher.timedOut()
      waiter.refuse(this.#timeout())
    })
    signal.addEventListener('abort', onAbort)
    this.#waiters.add(waiter)
    this.#tell()
    return promise
  }

  /** One text for all callers of one pool, so that a storm of them is one kind of error; numbers that vary are detail. */
  #timeout(): Failure {
    const { size, maxOverflow, acquireTimeoutMs } = this.#limits
    const all = `all ${this.max} (size ${size}, overflow ${maxOverflow}) were in use`
    const message = `no database connection became free within ${acquireTimeoutMs} ms: ${all}`
    return new Failure('pool_timeout', message, { timeout_ms: acquireTimeoutMs, pending: this.pending - 1 })
  }

  #tell(): void {
    this.#watcher.changed(this.#used, this.#waiters.size)
  }
}

function shuttingDown(): Failure {
  return new Failure('shutting_down', 'the server is shutting down and takes no new database work')
}
