import { after } from '../clock.ts'
import { Failure } from '../failure.ts'

/** What a caller gets: a connection that was idle or has just been given back, or one opened for this. */
export interface Grant<T> {
  readonly connection: T
  readonly isNew: boolean
}

/** One connection that is being opened. Its owner may be served by another meanwhile, and the next one take it over. */
interface Opening<T> {
  owner: Waiter<T> | null
  /** For whom it was begun: only they hear of its failure, which may come at once for whoever has taken it over. */
  readonly founder: Waiter<T>
  readonly abort: AbortController
}

interface Waiter<T> {
  /** null: there is no room for one; `pending` counts these. */
  opening: Opening<T> | null
  grant(grant: Grant<T>): void
  refuse(failure: unknown): void
  /** Begins or ends the waiting for room, which the acquire limit bounds. */
  setPending(isPending: boolean): void
}

export interface SlotLimits {
  /** Connections that are kept when idle. At least 1. */
  readonly size: number
  /** Further connections under load; closed on release once `size` are idle. */
  readonly maxOverflow: number
  /** How long a caller waits while there is no room to open one more; 0: without limit. */
  readonly acquireTimeoutMs: number
}

/** Told of each change of who has one and who waits for room. */
export interface SlotWatcher {
  changed(used: number, pending: number): void
  timedOut(): void
}

/** Opens connections, and closes those for which there is no use. */
export interface SlotSource<T> {
  /** Gives up at once when the signal aborts, and leaves nothing behind. */
  open(signal: AbortSignal): Promise<T>
  close(connection: T): void
}

/**
 * Who holds how many connections, and who waits, first come first served. A caller that finds none idle has one opened
 * while there is room, and takes what comes first: that one, or one that is given back. Where giving back is quick and
 * opening is slow, a burst of callers is so served by what is there, and not by a storm of logins. Knows nothing of
 * databases.
 *
 * Always: used + idle + opening <= size + maxOverflow, and nobody waits without one being opened while there is room.
 */
export class Slots<T> {
  readonly #limits: SlotLimits
  readonly #watcher: SlotWatcher
  readonly #source: SlotSource<T>
  readonly #idle: T[] = []
  // A Set keeps the order of arrival and lets one that gives up leave from the middle.
  readonly #waiters = new Set<Waiter<T>>()
  readonly #openings = new Set<Opening<T>>()
  #used = 0
  #pending = 0
  #closed = false

  constructor(limits: SlotLimits, watcher: SlotWatcher, source: SlotSource<T>) {
    this.#limits = limits
    this.#watcher = watcher
    this.#source = source
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

  get opening(): number {
    return this.#openings.size
  }

  /** Callers that wait without one being opened for them: there is no room. */
  get pending(): number {
    return this.#pending
  }

  /**
   * Rejects with what opening has failed with, with `pool_timeout`, with the signal's reason when that aborts first, or
   * with `shutting_down`.
   */
  take(signal: AbortSignal): Promise<Grant<T>> {
    if (this.#closed) return Promise.reject(shuttingDown())
    if (signal.aborted) return Promise.reject(signal.reason)
    const connection = this.#idle.shift()
    if (connection === undefined) return this.#wait(signal)
    this.#used += 1
    this.#tell()
    return Promise.resolve({ connection, isNew: false })
  }

  /** In place of one that was no good: the room that it leaves is the caller's. */
  exchange(signal: AbortSignal): Promise<Grant<T>> {
    this.#used -= 1
    if (!this.#closed && !signal.aborted) return this.#wait(signal)
    this.#openForWaiters()
    this.#tell()
    return Promise.reject(signal.aborted ? signal.reason : shuttingDown())
  }

  /** Gives a connection back; undefined: it is no longer good. */
  release(connection: T | undefined): void {
    this.#used -= 1
    if (connection === undefined) this.#openForWaiters()
    else this.#place(connection, false)
    this.#tell()
  }

  /** Takes an idle connection out, because it broke. False: it was not idle. */
  forget(connection: T): boolean {
    const at = this.#idle.indexOf(connection)
    if (at < 0) return false
    this.#idle.splice(at, 1)
    this.#openForWaiters()
    this.#tell()
    return true
  }

  /** Refuses all who wait or come later, and hands over the idle connections to be closed. */
  close(): readonly T[] {
    this.#closed = true
    for (const waiter of [...this.#waiters]) waiter.refuse(shuttingDown())
    for (const { abort } of this.#openings) abort.abort()
    const idle = this.#idle.splice(0)
    this.#tell()
    return idle
  }

  /** To whoever waits longest, or to the idle ones. */
  #place(connection: T, isNew: boolean): void {
    for (const first of this.#waiters) {
      this.#used += 1
      first.grant({ connection, isNew })
      return
    }
    if (!this.#closed && this.#idle.length < this.#limits.size) this.#idle.push(connection)
    else this.#source.close(connection)
  }

  #hasRoom(): boolean {
    return this.#used + this.#idle.length + this.#openings.size < this.max
  }

  #openForWaiters(): void {
    for (const waiter of this.#waiters) {
      if (!this.#hasRoom()) return
      if (waiter.opening === null) this.#openFor(waiter)
    }
  }

  #openFor(owner: Waiter<T>): void {
    const opening: Opening<T> = { owner, founder: owner, abort: new AbortController() }
    this.#give(opening, owner)
    this.#openings.add(opening)
    this.#source.open(opening.abort.signal).then(
      (connection) => {
        this.#openings.delete(opening)
        this.#opened(opening, connection)
        this.#tell()
      },
      (failure: unknown) => {
        this.#openings.delete(opening)
        this.#failed(opening, failure)
        this.#openForWaiters()
        this.#tell()
      },
    )
  }

  #opened({ owner }: Opening<T>, connection: T): void {
    if (owner === null) {
      this.#place(connection, true)
    } else {
      this.#used += 1
      owner.grant({ connection, isNew: true })
    }
  }

  #failed({ owner, founder }: Opening<T>, failure: unknown): void {
    if (owner === founder) owner.refuse(failure)
    else if (owner !== null) {
      owner.opening = null
      owner.setPending(true)
    }
  }

  #give(opening: Opening<T>, owner: Waiter<T>): void {
    opening.owner = owner
    owner.opening = opening
    owner.setPending(false)
  }

  /**
   * What is being opened for one who has been served is for whoever has none, now or later. One whose owner gave up may
   * hang: it ends, and its room is for the next.
   */
  #leaveOpening(opening: Opening<T>, isServed: boolean): void {
    opening.owner = null
    const heir = [...this.#waiters].find((one) => one.opening === null)
    if (!isServed) opening.abort.abort()
    else if (heir !== undefined) this.#give(opening, heir)
  }

  #wait(signal: AbortSignal): Promise<Grant<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant<T>>()
    let stopTimer: (() => void) | null = null
    const leave = (isServed: boolean): void => {
      this.#waiters.delete(waiter)
      waiter.setPending(false)
      const { opening } = waiter
      if (opening !== null && this.#openings.has(opening)) this.#leaveOpening(opening, isServed)
      signal.removeEventListener('abort', onAbort)
      this.#tell()
    }
    const waiter: Waiter<T> = {
      opening: null,
      grant: (grant) => {
        leave(true)
        resolve(grant)
      },
      refuse: (failure) => {
        leave(false)
        reject(failure)
      },
      setPending: (isPending) => {
        if (isPending === (stopTimer !== null)) return
        this.#pending += isPending ? 1 : -1
        stopTimer?.()
        stopTimer = isPending ? after(this.#limits.acquireTimeoutMs, onTimeout) : null
      },
    }
    const onAbort = (): void => waiter.refuse(signal.reason)
    const onTimeout = (): void => {
      this.#watcher.timedOut()
      waiter.refuse(this.#timeout())
    }
    signal.addEventListener('abort', onAbort)
    this.#waiters.add(waiter)
    const unowned = [...this.#openings].find(({ owner, abort }) => owner === null && !abort.signal.aborted)
    if (unowned !== undefined) this.#give(unowned, waiter)
    else if (this.#hasRoom()) this.#openFor(waiter)
    else waiter.setPending(true)
    this.#tell()
    return promise
  }

  /** One text for all callers of one pool, so that a storm of them is one kind of error; numbers that vary are detail. */
  #timeout(): Failure {
    const { size, maxOverflow, acquireTimeoutMs } = this.#limits
    const all = `all ${this.max} (size ${size}, overflow ${maxOverflow}) were in use`
    const message = `no database connection became free within ${acquireTimeoutMs} ms: ${all}`
    return new Failure('pool_timeout', message, { timeout_ms: acquireTimeoutMs, pending: this.pending })
  }

  #tell(): void {
    this.#watcher.changed(this.#used, this.#pending)
  }
}

function shuttingDown(): Failure {
  return new Failure('shutting_down', 'the server is shutting down and takes no new database work')
}
