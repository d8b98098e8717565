import { Failure } from '../failure.ts'
import type { Connection } from '../pool/connection.ts'
import { Pool, type PoolLimits, type PoolWatcher } from '../pool/pool.ts'
import { FakeDatabase } from './fake-connection.ts'

export const never = new AbortController().signal
const limits: PoolLimits = { size: 2, maxOverflow: 1, acquireTimeoutMs: 0, recycleMs: 0, prePing: false }

/** What a pool tells of itself. */
class Counts implements PoolWatcher {
  used = 0
  pending = 0
  timeouts = 0
  checkouts = 0
  opened = 0
  ended = 0
  readonly waitsMs: number[] = []
  readonly heldMs: number[] = []
  changed(used: number, pending: number): void {
    this.used = used
    this.pending = pending
  }
  waited(waitMs: number): void {
    this.waitsMs.push(waitMs)
  }
  timedOut(): void {
    this.timeouts += 1
  }
  checkedOut(): void {
    this.checkouts += 1
  }
  held(useMs: number): void {
    this.heldMs.push(useMs)
  }
  created(): void {
    this.opened += 1
  }
  closed(): void {
    this.ended += 1
  }
}

/** A pool on a database that is a fake, and what it tells. */
export function setUp(changed: Partial<PoolLimits> = {}) {
  const database = new FakeDatabase()
  const counts = new Counts()
  const pool = new Pool({ ...limits, ...changed }, counts, database.connect)
  /** A caller that keeps its connection until `done` is called. */
  const borrow = (signal: AbortSignal = never) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const got: { connection?: Connection } = {}
    const ended = pool
      .run(signal, async (connection) => {
        got.connection = connection
        await promise
        return 'done'
      })
      .catch((error: unknown) => (error instanceof Failure ? error.code : error))
    return { got, ended, done: () => resolve() }
  }
  return { database, counts, pool, borrow }
}
