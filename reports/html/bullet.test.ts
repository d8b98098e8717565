import { describe, expect, it } from 'vitest'
import type { Finding, Measured } from '../../src/domain/verdict.ts'
import { finding, notMeasured, yesNo } from '../../tests/golden/samples/measured.ts'
import { bullet } from './bullet.ts'

const point = 'data-mark="point"'
const hatch = 'url(#hatch)'
const openEnd = 'stroke-dasharray="6 4"'
const max = { max: 300, unit: 'ms' } as const

function value(at: number, low: number, high: number): Measured {
  return { kind: 'value', value: at, unit: 'ms', sampleCount: 100, method: 'test', interval: { low, high } }
}
const longer: Measured = { kind: 'atLeast', value: 900, unit: 'ms', sampleCount: 1, method: 'test', interval: null }
const of = (measured: Measured, bound: Finding['bound'] = max) =>
  finding('f', 'tool.latency.p95', 'w', measured, bound, '')
const missing = notMeasured('sampler_silent', 'no sample', 'ms')

describe('the strip of a finding', () => {
  it.each<[kind: string, finding: Finding, has: string[], hasNot: string[]]>([
    ['met', of(value(226, 220, 230)), [point, 'at most 300 ms', '226 ms'], [hatch, openEnd]],
    ['missed', of(value(600, 580, 630)), [point, '600 ms'], [hatch, openEnd]],
    ['a near miss shows its interval and no point', of(value(260, 226, 309)), ['226–309 ms', 'f-unknown'], [point]],
    ['a lower limit is an open arrow', of(longer), [openEnd, 'at least 900 ms'], [point, hatch]],
    ['nothing measured is hatched', of(missing), [hatch, 'silent'], [point, openEnd]],
    [
      'a yes that must be no',
      finding('f', 'x', 'w', yesNo(true), { is: false, unit: 'bool' }, ''),
      [point, 'must be no', 'found: yes'],
      [hatch],
    ],
    ['an unknown yes or no', finding('f', 'x', 'w', missing, { is: false, unit: 'bool' }, ''), [hatch], [point]],
    ['far beyond its bound: a log axis that says so', of(value(9_000, 8_900, 9_100)), ['log axis'], [hatch]],
    ['up to 20 times its bound: an axis from 0', of(value(5_900, 5_800, 6_000)), [], ['log axis']],
    ['a bound of 0', of(value(3, 3, 3), { max: 0, unit: 'ms' }), [point, 'at most 0'], ['NaN', 'Infinity']],
    ['a minimum', of(value(50, 49, 51), { min: 99, unit: 'ms' }), [point, 'at least 99 ms'], []],
  ])('%s', (_kind, entry, has, hasNot) => {
    const svg = bullet(entry).text
    for (const text of has) expect(svg).toContain(text)
    for (const text of hasNot) expect(svg).not.toContain(text)
    expect(svg).toMatch(/^<svg role="img" aria-label="Measured [^"]+"/)
  })

  it('an unknown finding with a value has no point that would claim it', () => {
    const undelivered: Finding = { ...of(value(226, 220, 230)), verdict: 'unknown', reason: 'load_not_delivered' }
    expect(bullet(undelivered).text).not.toContain(point)
    expect(bullet(undelivered).text).toContain(hatch)
  })
})
