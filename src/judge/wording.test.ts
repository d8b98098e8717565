import { expect, it } from 'vitest'
import type { Bound, Measured, Unit } from '../domain/verdict.ts'
import { digits, listed, spoken, spokenBound, spokenMeasured } from './wording.ts'

it.each<[value: number | boolean, unit: Unit, words: string]>([
  [999, 'ms', '999 ms'],
  [1_000, 'ms', '1 s'],
  [-1_000, 'ms', '-1 s'],
  [4_200, 'ms', '4.2 s'],
  [0.042, 'ratio', '4.2 %'],
  [44, 'count', '44'],
  [50, 'calls/s', '50 calls/s'],
  [true, 'bool', 'yes'],
  [false, 'bool', 'no'],
])('%s in %s is said as %s', (value, unit, words) => {
  expect(spoken(value, unit)).toBe(words)
})

it.each([
  [0, '0'],
  [18.46, '18.5'],
  [1.004, '1'],
  [9.996, '10'],
  [241.4, '241'],
  [-18.46, '-18.5'],
  [0.004_203, '0.0042'],
  [12_345.4, '12345'],
  // The last decimal that is shown is a millionth.
  [0.000_004_4, '0.000004'],
])('%d has the digits %s', (value, text) => {
  expect(digits(value)).toBe(text)
})

it.each<[bound: Bound, words: string]>([
  [{ max: 5_000, unit: 'ms' }, 'at most 5 s'],
  [{ max: 0, unit: 'count' }, 'at most 0'],
  [{ min: 1_000, unit: 'count' }, 'at least 1000'],
  [{ is: true, unit: 'bool' }, 'yes'],
  [{ is: false, unit: 'bool' }, 'no'],
])('a bound: %o', (bound, words) => {
  expect(spokenBound(bound)).toBe(words)
})

const told = { unit: 'ms', sampleCount: 9, method: '' } as const
const between = (low: number, high: number): Measured => ({
  ...told,
  kind: 'value',
  value: 250,
  interval: { low, high },
})

it.each<[measured: Measured, words: string]>([
  [{ ...told, kind: 'none', value: null, interval: null, reason: 'no_samples', why: '' }, 'nothing'],
  [{ ...told, kind: 'atLeast', value: 30_000, interval: null }, 'at least 30 s'],
  [{ ...told, kind: 'value', value: 250, interval: null }, '250 ms'],
  [between(250, 250), '250 ms'],
  [between(226, 309), '250 ms (226 ms to 309 ms)'],
  [between(226, Number.POSITIVE_INFINITY), '250 ms (226 ms or more)'],
])('a measurement: %o', (measured, words) => {
  expect(spokenMeasured(measured)).toBe(words)
})

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('a list: %o', (parts, words) => {
  expect(listed(parts)).toBe(words)
})
