import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Failure } from '../failure.ts'
import type { FakeDatabase } from '../testing/fake-connection.ts'
import { never, setUp } from '../testing/watched-pool.ts'

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('sizes', () => {
  it('opens as many as are asked for at once, up to size + overflow', async () => {
    const { database, pool, borrow } = setUp()
    const callers = [borrow(), borrow(), borrow(), borrow()]
    await settle()
    expect(database.opened).toHaveLength(3)
    expect(pool.counts).toEqual({ used: 3, idle: 0, opening: 0, pending: 1 })
    for (const { done } of callers) done()
    await Promise.all(callers.map(({ ended }) => ended))
    expect(pool.counts).toEqual({ used: 0, idle: 2, opening: 0, pending: 0 })
  })

  it('keeps `size` when idle and closes the overflow when it is given back', async () => {
    const { database, counts, borrow } = setUp()
    const callers = [borrow(), borrow(), borrow()]
    await settle()
    for (const { done, ended } of callers) {
      done()
      await ended
    }
    expect(database.opened.map(({ ended }) => ended)).toEqual([undefined, undefined, 'closed'])
    expect(counts).toMatchObject({ opened: 3, ended: 1, used: 0 })
  })

  it('uses an idle connection again', async () => {
    const { database, pool } = setUp()
    for (let i = 0; i < 5; i++) await pool.run(never, async () => undefined)
    expect(database.opened).toHaveLength(1)
  })
})

describe('waiting', () => {
  it('serves callers in the order in which they came', async () => {
    const { borrow } = setUp({ size: 1, maxOverflow: 0 })
    const served: number[] = []
    const callers = [0, 1, 2, 3].map((number) => {
      const caller = borrow()
      void caller.ended.then(() => served.push(number))
      return caller
    })
    for (const { done, ended } of callers) {
      await settle()
      done()
      await ended
    }
    expect(served).toEqual([0, 1, 2, 3])
  })

  it('gives up after the acquire limit, and not a millisecond before', async () => {
    const { borrow, counts, pool } = setUp({ size: 1, maxOverflow: 0, acquireTimeoutMs: 300 })
    const holder = borrow()
    const waiter = borrow()
    await vi.advanceTimersByTimeAsync(299)
    expect(pool.counts.pending).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await waiter.ended).toBe('pool_timeout')
    expect(counts).toMatchObject({ timeouts: 1, pending: 0, used: 1 })
    expect(counts.waitsMs).toEqual([0, 300])
    holder.done()
    await holder.ended
    expect(pool.counts).toEqual({ used: 0, idle: 1, opening: 0, pending: 0 })
  })

  it('does not count a time-out of a caller that was served in time', async () => {
    const { borrow, counts } = setUp({ size: 1, maxOverflow: 0, acquireTimeoutMs: 300 })
    const holder = borrow()
    const waiter = borrow()
    await vi.advanceTimersByTimeAsync(200)
    holder.done()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(counts).toMatchObject({ timeouts: 0, waitsMs: [0, 200] })
    waiter.done()
    expect(await waiter.ended).toBe('done')
  })

  it('waits for ever without a limit', async () => {
    const { borrow, pool } = setUp({ size: 1, maxOverflow: 0 })
    borrow()
    borrow()
    await vi.advanceTimersByTimeAsync(86_400_000)
    expect(pool.counts.pending).toBe(1)
  })

  it('counts the acquire limit apart from dialling, which has its own', async () => {
    const { borrow, database, counts } = setUp({ size: 1, maxOverflow: 0, acquireTimeoutMs: 100 })
    const dialled = Promise.withResolvers<void>()
    database.dial = () => dialled.promise
    const caller = borrow()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(counts).toMatchObject({ timeouts: 0, used: 0, pending: 0 })
    dialled.resolve()
    await settle()
    caller.done()
    expect(await caller.ended).toBe('done')
    expect(counts).toMatchObject({ heldMs: [0], waitsMs: [5_000] })
  })

  it('lets an abandoned waiter leave the queue, and serves the next', async () => {
    const { borrow, pool } = setUp({ size: 1, maxOverflow: 0 })
    const tool = new AbortController()
    const holder = borrow()
    const abandoned = borrow(tool.signal)
    const next = borrow()
    await settle()
    tool.abort('tool_timeout')
    expect(await abandoned.ended).toBe('tool_timeout')
    expect(pool.counts.pending).toBe(1)
    holder.done()
    next.done()
    expect(await next.ended).toBe('done')
    expect(pool.counts).toEqual({ used: 0, idle: 1, opening: 0, pending: 0 })
  })
})

describe('health of connections', () => {
  it('replaces a connection that does not answer the ping, within the same slot', async () => {
    const { database, counts, pool } = setUp({ prePing: true })
    await pool.run(never, async () => undefined)
    const [first] = database.opened
    if (first === undefined) throw new Error('none opened')
    first.pong = () => Promise.reject(new Failure('database_unavailable', 'gone'))
    await pool.run(never, async () => undefined)
    expect(first.ended).toBe('destroyed')
    expect(counts).toMatchObject({ opened: 2, ended: 1, checkouts: 2 })
  })

  it('serves whoever waits when a caller gives up in the middle of a ping', async () => {
    const { database, pool, borrow } = setUp({ size: 1, maxOverflow: 0, prePing: true })
    await pool.run(never, async () => undefined)
    const [first] = database.opened
    if (first === undefined) throw new Error('none opened')
    first.pong = () => new Promise(() => {})
    const tool = new AbortController()
    const pinging = borrow(tool.signal)
    const next = borrow()
    await settle()
    tool.abort('tool_timeout')
    expect(await pinging.ended).toBe('tool_timeout')
    next.done()
    expect(await next.ended).toBe('done')
  })

  it('tells the waiting of a caller once, whatever it was given in between', async () => {
    const { database, counts, pool } = setUp({ prePing: true })
    await pool.run(never, async () => undefined)
    const [first] = database.opened
    if (first === undefined) throw new Error('none opened')
    first.pong = () => Promise.reject(new Failure('database_unavailable', 'gone'))
    database.dial = () => new Promise((resolve) => setTimeout(resolve, 2_000))
    const call = pool.run(never, async () => undefined)
    await vi.advanceTimersByTimeAsync(2_000)
    await call
    expect(counts).toMatchObject({ waitsMs: [0, 2_000], heldMs: [0, 0, 0] })
  })

  it('does not ping a connection that it has just opened', async () => {
    const { database, pool } = setUp({ prePing: true })
    await pool.run(never, async () => undefined)
    expect(database.opened[0]?.pings).toBe(0)
    await pool.run(never, async () => undefined)
    expect(database.opened[0]?.pings).toBe(1)
  })

  it('replaces a connection at its age, when it is next taken', async () => {
    const { database, pool } = setUp({ recycleMs: 1_000 })
    await pool.run(never, async () => undefined)
    await vi.advanceTimersByTimeAsync(999)
    await pool.run(never, async () => undefined)
    expect(database.opened).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    await pool.run(never, async () => undefined)
    expect(database.opened.map(({ ended }) => ended)).toEqual(['closed', undefined])
  })

  it('forgets an idle connection that breaks', async () => {
    const { database, counts, pool } = setUp()
    await pool.run(never, async () => undefined)
    database.opened[0]?.break()
    expect(pool.counts).toEqual({ used: 0, idle: 0, opening: 0, pending: 0 })
    await pool.run(never, async () => undefined)
    expect(counts).toMatchObject({ opened: 2, ended: 1 })
  })

  it('does not keep a connection that broke at work, and lets the next waiter open one', async () => {
    const { database, borrow, pool } = setUp({ size: 1, maxOverflow: 0 })
    const holder = borrow()
    const next = borrow()
    await settle()
    database.opened[0]?.break()
    holder.done()
    next.done()
    expect(await next.ended).toBe('done')
    expect(database.opened).toHaveLength(2)
    expect(pool.counts).toEqual({ used: 0, idle: 1, opening: 0, pending: 0 })
  })
})

describe('nothing leaks', () => {
  const failures: [string, (set: ReturnType<typeof setUp>) => Promise<unknown>][] = [
    ['work throws', ({ pool }) => pool.run(never, () => Promise.reject(new Error('defect')))],
    [
      'dialling fails',
      ({ pool, database }) => {
        database.dial = () => Promise.reject(new Failure('database_unavailable', 'refused'))
        return pool.run(never, async () => undefined)
      },
    ],
    [
      'the tool gives up while dialling',
      ({ pool, database }) => {
        database.dial = () => new Promise(() => {})
        return pool.run(abortAfter(50), async () => undefined)
      },
    ],
    [
      'the tool gives up while pinging',
      async ({ pool, database }) => {
        await pool.run(never, async () => undefined)
        const [first] = database.opened
        if (first !== undefined) first.pong = () => new Promise(() => {})
        return pool.run(abortAfter(50), async () => undefined)
      },
    ],
    ['the tool gives up in mid-work', ({ pool, database }) => pool.run(abortAfter(50), () => hang(database))],
    ['the tool had given up before', ({ pool }) => pool.run(AbortSignal.abort('tool_timeout'), async () => undefined)],
    [
      'the backend is terminated in mid-work',
      ({ pool, database }) =>
        pool.run(never, async () => {
          const work = hang(database)
          database.opened[0]?.break()
          await work
        }),
    ],
  ]

  function abortAfter(delayMs: number): AbortSignal {
    const abort = new AbortController()
    setTimeout(() => abort.abort('tool_timeout'), delayMs)
    return abort.signal
  }

  function hang(database: FakeDatabase): Promise<void> {
    const [first] = database.opened
    return first === undefined ? Promise.resolve() : first.inFlight(new Promise(() => {}))
  }

  it.each(failures)('when %s', async (_, fail) => {
    const set = setUp({ size: 1, maxOverflow: 0, prePing: true })
    const failed = fail(set).then(
      () => 'fine',
      () => 'failed',
    )
    await vi.advanceTimersByTimeAsync(60)
    expect(await failed).toBe('failed')
    expect(set.pool.counts.used).toBe(0)
    expect(set.database.alive).toBe(set.pool.counts.idle)
    set.database.dial = undefined
    expect(await set.pool.run(never, async () => 'works again')).toBe('works again')
    expect(set.counts.opened - set.counts.ended).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('when it is closed with a caller at work and one that waits', async () => {
    const { pool, borrow, database } = setUp({ size: 1, maxOverflow: 0 })
    const holder = borrow()
    const waiter = borrow()
    await settle()
    await pool.close()
    expect(await waiter.ended).toBe('shutting_down')
    holder.done()
    expect(await holder.ended).toBe('done')
    expect(database.alive).toBe(0)
    expect(await borrow().ended).toBe('shutting_down')
  })
})

describe('filling ahead of the first callers', () => {
  it('opens the kept connections, lends none of them twice, and gives them all back', async () => {
    const { counts, pool } = setUp({ size: 5, maxOverflow: 2 })
    await pool.fill(never)
    await settle()
    expect(counts.opened).toBe(5)
    expect(pool.counts).toEqual({ used: 0, idle: 5, opening: 0, pending: 0 })
  })
})
