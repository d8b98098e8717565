import { expect, it } from 'vitest'
import type { Measured, Unit } from '../domain/verdict.ts'
import { rounded, roundedMeasured } from './rounding.ts'

it.each<[unit: Unit, value: number]>([
  ['ms', 1.235],
  ['s', 1.234_568],
  ['ratio', 1.234_568],
  ['count', 1.235],
  ['calls/s', 1.235],
  ['bool', 1],
])('%s is kept as %d', (unit, value) => {
  expect(rounded(1.234_567_89, unit)).toBe(value)
})

it('what has no end stays without one', () => {
  expect(rounded(Number.POSITIVE_INFINITY, 'ms')).toBe(Number.POSITIVE_INFINITY)
})

const told = { unit: 'ms', sampleCount: 9, method: '' } as const

it.each<[reason: string, measured: Measured, kept: object]>([
  [
    'a value and both ends of its interval',
    { ...told, kind: 'value', value: 1.234_56, interval: { low: 1.000_04, high: 2.000_06 } },
    { value: 1.235, interval: { low: 1, high: 2 } },
  ],
  ['a value without an interval', { ...told, kind: 'value', value: 1.234_56, interval: null }, { interval: null }],
  ['yes and no', { ...told, unit: 'bool', kind: 'value', value: true, interval: null }, { value: true }],
  ['at least so much', { ...told, kind: 'atLeast', value: 1.234_56, interval: null }, { value: 1.235 }],
  [
    'nothing',
    { ...told, kind: 'none', value: null, interval: null, reason: 'no_samples', why: 'no call' },
    { value: null, why: 'no call' },
  ],
])('rounds %s', (_reason, measured, kept) => {
  expect(roundedMeasured(measured)).toMatchObject(kept)
})
