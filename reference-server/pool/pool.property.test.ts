import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Failure } from '../failure.ts'
import { FakeDatabase } from '../testing/fake-connection.ts'
import { Pool, type PoolWatcher } from './pool.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const step = fc.oneof(
  fc.record({ kind: fc.constant('call' as const), workMs: fc.nat(400), giveUpMs: fc.nat(600), fails: fc.boolean() }),
  fc.record({ kind: fc.constant('pause' as const), pauseMs: fc.nat(300) }),
  fc.record({ kind: fc.constant('break' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('outage' as const), down: fc.boolean() }),
  fc.record({ kind: fc.constant('slow' as const), openMs: fc.nat(400) }),
  fc.record({ kind: fc.constant('hang' as const), which: fc.nat(20) }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const limits = fc.record({
  size: fc.integer({ min: 1, max: 4 }),
  maxOverflow: fc.nat(3),
  acquireTimeoutMs: fc.nat(500),
  recycleMs: fc.nat(800),
  prePing: fc.boolean(),
})

/** Fails the run at the change that breaks a promise of the pool, not only at its end. */
class Guard implements PoolWatcher {
  waits = 0
  readonly #max: number
  problem: string | undefined
  constructor(max: number) {
    this.#max = max
  }
  changed(used: number, pending: number): void {
    if (used < 0 || used > this.#max) this.problem ??= `${used} of ${this.#max} in use`
    if (pending < 0) this.problem ??= `${pending} wait`
  }
  waited(waitMs: number): void {
    this.waits += 1
    if (waitMs < 0) this.problem ??= `waited ${waitMs} ms`
  }
  timedOut(): void {}
  checkedOut(): void {}
  held(): void {}
  created(): void {}
  closed(): void {}
}

it('keeps its promises whatever callers, connections and database do', async () => {
  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { maxLength: 60 }), async (chosen, steps) => {
      const database = new FakeDatabase()
      const max = chosen.size + chosen.maxOverflow
      const guard = new Guard(max)
      const pool = new Pool(chosen, guard, database.connect)
      const calls: Promise<string>[] = []
      for (const action of steps) {
        if (action.kind === 'call') calls.push(oneCall(pool, action))
        else if (action.kind === 'pause') await vi.advanceTimersByTimeAsync(action.pauseMs)
        else harm(database, action)
        expect(database.alive).toBeLessThanOrEqual(max)
        expect(problemOf(pool)).toBeUndefined()
        expect(guard.problem).toBeUndefined()
      }
      await vi.advanceTimersByTimeAsync(60_000)
      await Promise.all(calls)
      expect(guard.problem).toBeUndefined()
      expect(pool.counts).toMatchObject({ used: 0, opening: 0, pending: 0 })
      expect(pool.counts.idle).toBeLessThanOrEqual(chosen.size)
      expect(database.alive).toBe(pool.counts.idle)
      expect(vi.getTimerCount()).toBe(0)
    }),
    { numRuns: 300 },
  )
})

type Harm = Exclude<Step, { readonly kind: 'call' | 'pause' }>

function harm(database: FakeDatabase, action: Harm): void {
  switch (action.kind) {
    case 'break':
      database.opened[action.which]?.break()
      break
    case 'hang':
      hangPing(database, action.which)
      break
    case 'slow':
      database.dial = () => new Promise((resolve) => setTimeout(resolve, action.openMs))
      break
    case 'outage':
      database.dial = action.down ? () => Promise.reject(new Failure('database_unavailable', 'down')) : undefined
  }
}

function hangPing(database: FakeDatabase, which: number): void {
  const connection = database.opened[which]
  if (connection !== undefined) connection.pong = () => new Promise(() => {})
}

/** Whether more are open or opening than may be, or somebody waits beside room for one more. */
function problemOf({ counts, max }: Pool): string | undefined {
  const { used, idle, opening, pending } = counts
  const taken = used + idle + opening
  return taken > max || (pending > 0 && taken < max) ? `${JSON.stringify(counts)} of ${max}` : undefined
}

async function oneCall(pool: Pool, call: { workMs: number; giveUpMs: number; fails: boolean }): Promise<string> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort('gave up'), call.giveUpMs)
  try {
    return await pool.run(abort.signal, async (connection) => {
      await new Promise((resolve) => setTimeout(resolve, call.workMs))
      await connection.query({ name: 'x', text: 'x', kind: 'x' }, [])
      if (call.fails) throw new Error('the work failed')
      return 'done'
    })
  } catch (error) {
    return String(error)
  } finally {
    clearTimeout(timer)
  }
}
