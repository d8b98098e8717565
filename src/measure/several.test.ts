import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { atLeast, between, none } from './measured.ts'
import { totalOf, worstOf } from './several.ts'

const a = between(3, { low: 2, high: 4 }, 'count', 10, 'counted')
const b = between(5, { low: 1, high: 9 }, 'count', 20, 'counted')

describe('what was measured of each of several instances', () => {
  test('is the highest of a quantity, and the sum of a count, with what may be of either', () => {
    expect(worstOf([a, b])).toMatchObject({ kind: 'value', value: 5, interval: { low: 2, high: 9 }, sampleCount: 30 })
    expect(totalOf([a, b])).toMatchObject({ kind: 'value', value: 8, interval: { low: 3, high: 13 }, sampleCount: 30 })
    expect(worstOf([a, b]).method).toBe('the worst of 2 instances; counted')
  })

  test('of one alone is as it was measured', () => {
    expect(worstOf([a])).toBe(a)
    expect(totalOf([b])).toBe(b)
  })

  test('is no evidence where there is none of one', () => {
    const missing = none('no_samples', 'nothing', 'count', 0, 'counted')
    expect(worstOf([a, missing])).toBe(missing)
    expect(totalOf([missing, b])).toBe(missing)
  })

  test.each<[string, readonly Measured[], number]>([
    ['that of one that was not over', [a, atLeast(7, 'count', 1, 'm')], 7],
    [
      'what another surely was, if that is more',
      [b, between(9, { low: 8, high: 9 }, 'count', 1, 'm'), atLeast(7, 'count', 1, 'm')],
      8,
    ],
  ])('is at least %s', (_reason, all, value) => {
    expect(worstOf(all)).toMatchObject({ kind: 'atLeast', value })
  })
})
