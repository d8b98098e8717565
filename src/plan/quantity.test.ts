import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatDurationMs,
  formatRatePerS,
  formatSizeBytes,
  parseDurationMs,
  parseRatePerS,
  parseSizeBytes,
} from './quantity.ts'

describe('durations', () => {
  it.each([
    ['250 ms', 250, 'the smallest unit'],
    ['5 s', 5_000, 'as plans write it'],
    ['5s', 5_000, 'without the blank'],
    ['1.5 s', 1_500, 'a decimal'],
    ['3 min', 180_000, 'minutes'],
    ['1 h', 3_600_000, 'the largest unit'],
    ['0 s', 0, 'none at all'],
    ['5', null, 'no unit: seconds or milliseconds?'],
    ['5 m', null, 'm could be minutes or metres'],
    ['-5 s', null, 'time does not run backwards'],
    ['5 s 3 ms', null, 'one number, one unit'],
    ['1e3 ms', null, 'no exponents'],
    ['5 constructor', null, 'a name that every object has'],
    ['', null, 'nothing'],
  ])('%j is %j: %s', (text, ms, _why) => {
    expect(parseDurationMs(text)).toBe(ms)
  })

  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400_000_000 }), (us) => {
        expect(parseDurationMs(formatDurationMs(us / 1_000))).toBeCloseTo(us / 1_000, 3)
      }),
    )
  })

  it.each([
    [180_000, '3 min', 'whole minutes'],
    [90_000, '90 s', 'no whole minutes'],
    [72_800, '72.8 s', 'a decimal'],
    [250, '250 ms', 'below a second'],
    [7_200_000, '2 h', 'whole hours'],
    [0, '0 ms', 'none'],
  ])('%d ms reads %s: %s', (ms, text) => {
    expect(formatDurationMs(ms)).toBe(text)
  })
})

describe('rates and sizes', () => {
  it.each([
    ['200/s', 200, 'a second'],
    ['30 / min', 0.5, 'a minute, with blanks'],
    ['200', null, 'no unit'],
    ['200/ms', null, 'an unknown unit'],
  ])('%j is %j a second: %s', (text, perS, _why) => {
    expect(parseRatePerS(text)).toBe(perS)
  })

  it.each([
    ['64 KiB', 65_536, 'binary units'],
    ['1.5 MiB', 1_572_864, 'a decimal'],
    ['10 B', 10, 'bytes'],
    ['64 KB', null, 'could be 64,000 or 65,536'],
    ['64', null, 'no unit'],
  ])('%j is %j bytes: %s', (text, bytes, _why) => {
    expect(parseSizeBytes(text)).toBe(bytes)
  })

  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 36 }), (count) => {
        expect(parseSizeBytes(formatSizeBytes(count))).toBe(count)
        expect(parseRatePerS(formatRatePerS(count / 4))).toBe(count / 4)
      }),
    )
  })
})
