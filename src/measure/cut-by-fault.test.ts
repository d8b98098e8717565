import { describe, expect, test } from 'vitest'
import { cutByFault } from './cut-calls.ts'
import { sampleCountMin } from './quantile.ts'
import { callTableOf } from './testing/call-table.ts'

type Ended = readonly (readonly [tookMs: number, times: number, tool?: number])[]

/** Whether a call of tool 0 is late that was open for so long when the fault began, after these had ended well. */
function isLate(openMs: number, ended: Ended): boolean {
  const before = ended.flatMap(([tookMs, times, tool = 0]) =>
    Array.from({ length: times }, () => ({ intendedUs: 0, endedUs: tookMs * 1_000, tool })),
  )
  const table = callTableOf([...before, { intendedUs: 0, endedUs: Number.NaN, outcome: 'unknown' }])
  const open = new Map([[before.length, openMs * 1_000]])
  return cutByFault(
    table,
    before.map((_, row) => row),
    open,
  ).has(before.length)
}

const few = sampleCountMin(0.99) - 1

describe('a call that is open at a fault is late', () => {
  test.each<readonly [string, limitMs: number, Ended]>([
    ['after half a second, where all are quick', 500, [[20, 400]]],
    ['after twice their p99, where all are alike', 2_000, [[1_000, 400]]],
    [
      'after the slowest of them',
      3_000,
      [
        [1_000, 400],
        [3_000, 1],
      ],
    ],
    [
      'after five times their p99, however slow one was',
      5_000,
      [
        [1_000, 400],
        [20_000, 1],
      ],
    ],
    [
      'by its own tool, of enough calls',
      500,
      [
        [20, few + 1],
        [1_000, 400, 1],
      ],
    ],
    [
      'by all, where its tool had too few',
      2_000,
      [
        [20, few],
        [1_000, 400, 1],
      ],
    ],
    [
      'by its own few, where these are slower than all',
      4_000,
      [
        [2_000, 2],
        [20, 4_000, 1],
      ],
    ],
  ])('%s', (_why, limitMs, ended) => {
    expect([isLate(limitMs, ended), isLate(limitMs + 0.001, ended)]).toEqual([false, true])
  })

  test('never, where none had ended: what is usual is not known', () => {
    expect(isLate(1e9, [])).toBe(false)
  })
})
