import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Unit } from '../../src/domain/verdict.ts'
import { quantity, range, roundQuantity, share, significant } from './numbers.ts'

describe('the one formatter', () => {
  it.each<[reason: string, value: number | boolean, unit: Unit, text: string]>([
    ['milliseconds stay below a second', 226.13, 'ms', '226 ms'],
    ['and become seconds above it', 18_512, 'ms', '18.5 s'],
    ['small ones keep three digits', 0.8421, 'ms', '0.842 ms'],
    ['125 s is easier to compare than minutes', 125, 's', '125 s'],
    ['minutes from ten of them', 750, 's', '12.5 min'],
    ['hours from two of them', 14_400, 's', '4.00 h'],
    ['a ratio is a percentage', 0.042, 'ratio', '4.20 %'],
    ['a small ratio is never rounded to none', 0.0000123, 'ratio', '0.00123 %'],
    ['counts are exact', 12_345, 'count', '12,345'],
    ['a yes', true, 'bool', 'yes'],
    ['zero is zero', 0, 'ms', '0 ms'],
    ['negative', -1_500, 'ms', '-1.50 s'],
    ['rates', 250.26, 'calls/s', '250 calls/s'],
  ])('%s', (_reason, value, unit, text) => {
    expect(quantity(value, unit)).toBe(text)
  })

  it.each<[number, Unit, string]>([
    [5_000, 'ms', '5 s'],
    [0.85, 'ratio', '85 %'],
    [100, 'count', '100'],
    [1_000, 'count', '1,000'],
    [0.05, 'ratio', '5 %'],
    [1.5, 's', '1.5 s'],
    [14_400, 's', '4 h'],
  ])('a bound of %d %s reads %s', (value, unit, text) => {
    expect(roundQuantity(value, unit)).toBe(text)
  })

  it.each<[number, number | null, Unit, string]>([
    [226, 309, 'ms', '226–309 ms'],
    [900, 1_200, 'ms', '900 ms–1.20 s'],
    [5, null, 's', '5.00 s or more'],
    [5, Number.POSITIVE_INFINITY, 's', '5.00 s or more'],
    [3, 4, 'count', '3–4'],
  ])('%d to %s %s reads %s', (low, high, unit, text) => {
    expect(range(low, high, unit)).toBe(text)
  })

  it('a share of nothing is no number', () => {
    expect(share(0, 0)).toBe('none')
  })

  it('never shows a number other than 0 as 0, and stays within 1 % of it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1e12, noNaN: true }), (value) => {
        const shown = Number(significant(value).replaceAll(',', ''))
        expect(Math.abs(shown - value)).toBeLessThanOrEqual(value * 0.01)
      }),
    )
  })
})
