import { describe, expect, it } from 'vitest'
import type { Finding, Measured } from '../../src/domain/verdict.ts'
import { finding, yesNo } from '../../tests/golden/samples/measured.ts'
import { boundText, comparison, worstFirst } from './finding-lines.ts'

const value = (at: number, low = at, high = at): Measured => ({
  kind: 'value',
  value: at,
  unit: 'ms',
  sampleCount: 100,
  method: 'test',
  interval: { low, high },
})
const atLeast: Measured = { kind: 'atLeast', value: 35_000, unit: 'ms', sampleCount: 9, method: 'test', interval: null }
const max = (ms: number) => ({ max: ms, unit: 'ms' as const })
const of = (measured: Measured, bound: Finding['bound']) => finding('p95', 'tool.latency.p95', 'w', measured, bound, '')

describe('the comparison of a finding', () => {
  it.each<[reason: string, finding: Finding, text: string]>([
    ['missed', of(value(18_500), max(5_000)), '18.5 s, allowed at most 5 s'],
    ['met', of(value(226), max(300)), '226 ms, allowed at most 300 ms'],
    ['a near miss is worded as one', of(value(260, 226, 309), max(300)), 'inconclusive: 226–309 ms against 300 ms'],
    ['a lower limit', of(atLeast, max(5_000)), 'at least 35.0 s, allowed at most 5 s'],
    ['rounding never hides a miss', of(value(5_004), max(5_000)), '5.004 s, allowed at most 5 s'],
    [
      'a yes or no',
      finding('x', 'pool.exhausted', 'w', yesNo(true), { is: false, unit: 'bool' }, ''),
      'yes, must be no',
    ],
    ['a minimum', of(value(3), { min: 10, unit: 'ms' }), '3.00 ms, needed at least 10 ms'],
  ])('%s', (_reason, entry, text) => {
    expect(comparison(entry)).toBe(text)
  })

  it('names both ends of a bound', () => {
    expect(boundText({ min: 0.5, max: 0.9, unit: 'ratio' })).toBe('at least 50 % and at most 90 %')
  })
})

describe('worst first', () => {
  it('missed before unknown before met, the farther beyond its bound first', () => {
    const named = (id: string, measured: Measured, bound = max(100)) => ({ ...of(measured, bound), id })
    const order = worstFirst([
      named('met', value(50)),
      named('near', value(101, 90, 120)),
      named('twice', value(200)),
      named('ten times', value(1_000)),
      named('no end', atLeast),
    ])
    expect(order.map(({ id }) => id)).toEqual(['no end', 'ten times', 'twice', 'near', 'met'])
  })
})
