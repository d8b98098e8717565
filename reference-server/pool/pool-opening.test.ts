import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Failure } from '../failure.ts'
import { setUp } from '../testing/watched-pool.ts'

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('what is being opened', () => {
  /** A database that lets its callers in when told to, one after the other. */
  function slowToOpen(set: ReturnType<typeof setUp>) {
    const doors: (() => void)[] = []
    set.database.dial = () => new Promise((resolve) => doors.push(resolve))
    return doors
  }

  it('is not waited for where another is given back meanwhile', async () => {
    const set = setUp({ size: 1, maxOverflow: 1 })
    const { borrow, pool, database } = set
    const holder = borrow()
    await settle()
    const doors = slowToOpen(set)
    const caller = borrow()
    await settle()
    expect(pool.counts).toEqual({ used: 1, idle: 0, opening: 1, pending: 0 })
    holder.done()
    await settle()
    expect(caller.got.connection).toBe(database.opened[0])
    const next = borrow()
    await settle()
    expect(doors).toHaveLength(1)
    doors[0]?.()
    await settle()
    expect(next.got.connection).toBe(database.opened[1])
    for (const { done, ended } of [caller, next]) {
      done()
      expect(await ended).toBe('done')
    }
  })

  it('goes on where its caller has been served, and is kept', async () => {
    const set = setUp({ size: 2, maxOverflow: 0 })
    const { borrow, pool } = set
    const holder = borrow()
    await settle()
    const doors = slowToOpen(set)
    const caller = borrow()
    await settle()
    holder.done()
    caller.done()
    expect(await caller.ended).toBe('done')
    doors[0]?.()
    await settle()
    expect(pool.counts).toEqual({ used: 0, idle: 2, opening: 0, pending: 0 })
  })

  it('is for the next one who waits for room, and then no acquire limit counts', async () => {
    const set = setUp({ size: 1, maxOverflow: 1, acquireTimeoutMs: 300 })
    const { borrow, counts, pool } = set
    const holder = borrow()
    await settle()
    const doors = slowToOpen(set)
    const callers = [borrow(), borrow()]
    await settle()
    expect(pool.counts).toEqual({ used: 1, idle: 0, opening: 1, pending: 1 })
    holder.done()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(pool.counts).toEqual({ used: 1, idle: 0, opening: 1, pending: 0 })
    doors[0]?.()
    for (const { done, ended } of callers) {
      done()
      expect(await ended).toBe('done')
    }
    expect(counts).toMatchObject({ timeouts: 0, opened: 2 })
  })

  it('is given up with the last one who wants it, so that one that hangs holds no room', async () => {
    const set = setUp({ size: 1, maxOverflow: 0 })
    slowToOpen(set)
    const tool = new AbortController()
    const caller = set.borrow(tool.signal)
    await settle()
    tool.abort('tool_timeout')
    expect(await caller.ended).toBe('tool_timeout')
    await settle()
    expect(set.pool.counts).toEqual({ used: 0, idle: 0, opening: 0, pending: 0 })
  })

  it('that hangs ends with its caller, and the room is for whoever waits, with one of their own', async () => {
    const set = setUp({ size: 1, maxOverflow: 0 })
    slowToOpen(set)
    const tool = new AbortController()
    const [first, second] = [set.borrow(tool.signal), set.borrow()]
    await settle()
    set.database.dial = undefined
    tool.abort('tool_timeout')
    expect(await first?.ended).toBe('tool_timeout')
    second?.done()
    expect(await second?.ended).toBe('done')
  })

  it('and taken over fails for nobody who did not begin it', async () => {
    const set = setUp({ size: 1, maxOverflow: 1 })
    const { borrow, database } = set
    const holder = borrow()
    await settle()
    let refuse = (_: Error): void => undefined
    database.dial = () =>
      new Promise((_, reject) => {
        refuse = reject
      })
    const founder = borrow()
    await settle()
    holder.done()
    await settle()
    const heir = borrow()
    await settle()
    expect(set.pool.counts).toEqual({ used: 1, idle: 0, opening: 1, pending: 0 })
    database.dial = undefined
    refuse(new Failure('connect_timeout', 'late'))
    for (const { done, ended } of [founder, heir]) {
      done()
      expect(await ended).toBe('done')
    }
  })

  it('fails for its own caller alone, and another is opened for whoever waits for room', async () => {
    const set = setUp({ size: 1, maxOverflow: 0 })
    const { borrow, database } = set
    let refuse = (_: Error): void => undefined
    database.dial = () =>
      new Promise((_, reject) => {
        refuse = reject
      })
    const [first, second] = [borrow(), borrow()]
    await settle()
    database.dial = undefined
    refuse(new Failure('database_unavailable', 'refused'))
    expect(await first?.ended).toBe('database_unavailable')
    second?.done()
    expect(await second?.ended).toBe('done')
  })
})
