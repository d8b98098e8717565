import { describe, expect, test } from 'vitest'
import { latencyHighMs, latencyLowMs, type SeenCalls, serviceTimeHighMs, serviceTimeLowMs } from './call-facts.ts'
import { CallSet } from './call-set.ts'
import { callTableOf, type TableCall } from './testing/call-table.ts'

/** One call that was due at 10 s; `cutUs`: when a fault began that it was open at. */
function seen(call: Partial<TableCall>, cutUs?: number): SeenCalls {
  const table = callTableOf([{ intendedUs: 10_000_000, ...call }])
  return cutUs === undefined ? table : { ...table, cutUs: new Map([[0, cutUs]]) }
}

describe('how long a slot that was never sent kept its user waiting', () => {
  test.each([
    ['till it was free', 10_700_000, 700],
    ['not at all, free as it was', 10_000_000, 0],
    ['nor where it had been free before', 9_000_000, 0],
  ])('%s', (_why, readyUs, ms) => {
    const unsent = seen({ readyUs, startedUs: Number.NaN, endedUs: Number.NaN, outcome: 'unsent' })
    expect([latencyLowMs(unsent, 0), latencyHighMs(unsent, 0)]).toEqual([ms, Number.POSITIVE_INFINITY])
  })
})

describe('for how long the system has had a call that was open when a fault began', () => {
  test.each([
    ['sent a moment before', 10_999_999, 0.001],
    ['sent as it began: not before it', 11_000_000, Number.NaN],
    ['sent a while before', 10_500_000, 500],
  ])('%s', (_why, startedUs, ms) => {
    const open = seen({ startedUs, endedUs: 12_000_000 }, 11_000_000)
    expect(serviceTimeLowMs(open, 0)).toBe(ms)
    expect(serviceTimeHighMs(open, 0)).toBe(Number.isNaN(ms) ? Number.NaN : Number.POSITIVE_INFINITY)
  })

  test('and of one that was over, until then', () => {
    const over = seen({ startedUs: 10_200_000, endedUs: 10_900_000 })
    expect([serviceTimeLowMs(over, 0), serviceTimeHighMs(over, 0)]).toEqual([700, 700])
  })
})

test('a single call that a fault cut is seen for as long as it had waited, and no longer', () => {
  const table = {
    ...callTableOf([1, 2].map((s) => ({ intendedUs: s * 1e6, endedUs: 9e6 }))),
    cutUs: new Map([[1, 5e6]]),
  }
  const { lows, highs, seen } = new CallSet(table, Uint32Array.of(0, 1)).sorted({
    lowMs: latencyLowMs,
    highMs: latencyHighMs,
  })
  expect([[...lows], [...highs], [...seen]]).toEqual([
    [3_000, 8_000],
    [8_000, Number.POSITIVE_INFINITY],
    [3_000, 8_000],
  ])
})
