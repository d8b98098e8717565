import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bound, Measured } from '../domain/verdict.ts'
import { judgeBound } from './compare.ts'

describe('a bound against a measurement', () => {
  const value = (low: number, high: number): Measured => ({
    kind: 'value',
    value: low,
    unit: 'ms',
    sampleCount: 9,
    method: '',
    interval: { low, high },
  })
  const open = (least: number): Measured => ({
    kind: 'atLeast',
    value: least,
    unit: 'ms',
    sampleCount: 9,
    method: '',
    interval: null,
  })
  const bool = (is: boolean): Measured => ({
    kind: 'value',
    value: is,
    unit: 'bool',
    sampleCount: 9,
    method: '',
    interval: null,
  })
  const none: Measured = {
    kind: 'none',
    value: null,
    unit: 'ms',
    sampleCount: 0,
    method: '',
    interval: null,
    reason: 'sampler_silent',
    why: '',
  }
  const max: Bound = { max: 300, unit: 'ms' }
  const min: Bound = { min: 300, unit: 'ms' }

  test.each([
    ['wholly below a maximum', value(200, 299), max, 'pass', 'within_bound'],
    ['up to the maximum itself', value(200, 300), max, 'pass', 'within_bound'],
    ['a point on the maximum', value(300, 300), max, 'pass', 'within_bound'],
    ['across it', value(226, 309), max, 'unknown', 'interval_crosses_bound'],
    ['from the maximum up', value(300, 301), max, 'unknown', 'interval_crosses_bound'],
    ['wholly above it', value(301, 400), max, 'fail', 'beyond_bound'],
    [
      'without an upper end, beginning below',
      value(200, Number.POSITIVE_INFINITY),
      max,
      'unknown',
      'interval_crosses_bound',
    ],
    ['without an upper end, beginning above', value(301, Number.POSITIVE_INFINITY), max, 'fail', 'beyond_bound'],
    ['wholly above a minimum', value(301, 400), min, 'pass', 'within_bound'],
    ['from the minimum up', value(300, 400), min, 'pass', 'within_bound'],
    ['across it', value(299, 301), min, 'unknown', 'interval_crosses_bound'],
    ['up to the minimum', value(200, 300), min, 'unknown', 'interval_crosses_bound'],
    ['wholly below it', value(200, 299), min, 'fail', 'beyond_bound'],
    ['at least more than a maximum', open(301), max, 'fail', 'beyond_bound'],
    ['at least just the maximum', open(300), max, 'fail', 'beyond_bound'],
    ['at least less than a maximum: the end was not seen', open(299), max, 'unknown', 'not_over_by_horizon'],
    ['at least the minimum', open(300), min, 'pass', 'within_bound'],
    ['at least less than a minimum', open(299), min, 'unknown', 'not_over_by_horizon'],
    ['nothing measured', none, max, 'unknown', 'sampler_silent'],
    ['yes where no is wanted', bool(true), { is: false, unit: 'bool' }, 'fail', 'beyond_bound'],
    ['no where no is wanted', bool(false), { is: false, unit: 'bool' }, 'pass', 'within_bound'],
    ['yes where yes is wanted', bool(true), { is: true, unit: 'bool' }, 'pass', 'within_bound'],
    ['no where yes is wanted', bool(false), { is: true, unit: 'bool' }, 'fail', 'beyond_bound'],
    ['nothing measured where no is wanted', none, { is: false, unit: 'bool' }, 'unknown', 'sampler_silent'],
  ] as const)('%s', (_why, measured, bound, verdict, reason) => {
    expect(judgeBound(measured, bound)).toEqual({ verdict, reason })
  })

  test('fails or passes only if each value in the interval would', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(20), fc.nat(40), fc.boolean(), (low, width, limit, isMax) => {
        const bound: Bound = isMax ? { max: limit, unit: 'ms' } : { min: limit, unit: 'ms' }
        const all = Array.from({ length: width + 1 }, (_, at) => (isMax ? low + at <= limit : low + at >= limit))
        const wanted = all.every(Boolean) ? 'pass' : all.some(Boolean) ? 'unknown' : 'fail'
        expect(judgeBound(value(low, low + width), bound).verdict).toBe(wanted)
      }),
    )
  })
})
