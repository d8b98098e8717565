import { describe, expect, test } from 'vitest'
import type { CallTable } from '../record/reader-calls.ts'
import { callSeconds, eachRowNear } from './call-seconds.ts'
import { callTableOf } from './testing/call-table.ts'

const s = 1_000_000

function tableOf(...intendedS: readonly number[]): CallTable {
  return callTableOf(intendedS.map((at) => ({ intendedUs: Math.round(at * s) })))
}

describe('calls by seconds', () => {
  test('stand second by second, those of one in the order of the table', () => {
    const { firstSecond, starts, order } = callSeconds(tableOf(12.5, 10, 12, 10.999_999, 13.5))
    expect([firstSecond, [...starts], [...order]]).toEqual([10, [0, 2, 2, 4, 5], [1, 3, 0, 2, 4]])
  })

  test('before t0 are negative', () => {
    expect(callSeconds(tableOf(-0.5, 0.5))).toMatchObject({ firstSecond: -1, starts: Uint32Array.of(0, 1, 2) })
  })

  test('of no call are none', () => {
    expect(callSeconds(tableOf())).toEqual({ firstSecond: 0, starts: new Uint32Array(1), order: new Uint32Array(0) })
  })

  test('over more than 30 days are refused', () => {
    const days = 30 * 86_400
    expect(callSeconds(tableOf(0, days - 1)).starts).toHaveLength(days + 1)
    expect(() => callSeconds(tableOf(0, days))).toThrow(new RangeError(`the calls of one run span ${days + 1} s`))
  })
})

describe('rows near a stretch', () => {
  const index = callSeconds(tableOf(10, 11, 12.5, 13))
  const near = (fromS: number, toS: number): number[] => {
    const rows: number[] = []
    eachRowNear(index, Math.round(fromS * s), Math.round(toS * s), (row) => rows.push(row))
    return rows
  }

  test.each([
    ['whole seconds', 11, 13, [1, 2]],
    ['seconds that it touches', 11.999_999, 12.000_001, [1, 2]],
    ['all', 0, 99, [0, 1, 2, 3]],
    ['the first', 0, 10.1, [0]],
    ['the last', 13.9, 99, [3]],
    ['before all', 0, 10, []],
    ['after all', 14, 20, []],
    ['nothing of no length', 12, 12, []],
  ])('%s', (_why, fromS, toS, rows) => expect(near(fromS, toS)).toEqual(rows))
})
