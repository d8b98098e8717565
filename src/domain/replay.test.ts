import { describe, expect, it } from 'vitest'
import { ReplayLag, type ReplayReading } from './replay.ts'

const second = 1_000_000

function at(tS: number, written: number, ...followers: ReplayReading['followers']): ReplayReading {
  return { tUs: tS * second, serverId: 'a', written, followers }
}

describe('how far followers are behind', () => {
  it('is nothing where nobody follows, and zero where all is replayed', () => {
    const lag = new ReplayLag()
    expect(lag.read(at(1, 100))).toBe(null)
    expect(lag.read(at(2, 200, ['r', 200]))).toEqual({ low: 0, high: 0 })
  })

  it('grows while a follower stands still, though nothing new is written', () => {
    const lag = new ReplayLag()
    lag.read(at(1, 100, ['r', 100]))
    // The byte behind 100 came between 1 s and 2 s.
    expect(lag.read(at(2, 200, ['r', 100]))).toEqual({ low: 0, high: 1_000 })
    expect(lag.read(at(3, 300, ['r', 100]))).toEqual({ low: 1_000, high: 2_000 })
    expect(lag.read(at(9, 300, ['r', 100]))).toEqual({ low: 7_000, high: 8_000 })
    // What came by 2 s is replayed, what came by 3 s is not.
    expect(lag.read(at(10, 300, ['r', 200]))).toEqual({ low: 7_000, high: 8_000 })
    expect(lag.read(at(11, 300, ['r', 300]))).toEqual({ low: 0, high: 0 })
  })

  it('is not known of one that was behind at the first look, until it has caught up with that', () => {
    const lag = new ReplayLag()
    expect(lag.read(at(1, 100, ['r', 50]))).toBe(null)
    expect(lag.read(at(2, 200, ['r', 60]))).toBe(null)
    expect(lag.read(at(3, 200, ['r', 150]))).toEqual({ low: 1_000, high: 2_000 })
  })

  it('is that of the last of them, also of one that has gone', () => {
    const lag = new ReplayLag()
    lag.read(at(1, 100, ['r', 100], ['s', 100]))
    lag.read(at(2, 200, ['r', 100], ['s', 200]))
    expect(lag.read(at(5, 200, ['s', 200]))).toEqual({ low: 3_000, high: 4_000 })
  })

  it('begins anew with another server', () => {
    const lag = new ReplayLag()
    lag.read(at(1, 100, ['r', 100]))
    lag.read(at(2, 200, ['r', 100]))
    expect(lag.read({ ...at(9, 250), serverId: 'b' })).toBe(null)
    expect(lag.read({ ...at(10, 250, ['q', 250]), serverId: 'b' })).toEqual({ low: 0, high: 0 })
  })
})
