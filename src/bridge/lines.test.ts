import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lines } from './lines.ts'

describe('Lines', () => {
  it('gives the same lines however they were cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(40)), (text, cuts) => {
        const whole = Buffer.from(`${text}\nlast`)
        const lines = new Lines(10_000)
        const found: string[] = []
        let from = 0
        for (const cut of [...cuts, whole.length]) {
          found.push(...(lines.add(whole.subarray(from, from + cut)) ?? ['too long']))
          from = Math.min(whole.length, from + cut)
        }
        found.push(...(lines.add(whole.subarray(from)) ?? ['too long']))
        expect(found).toEqual(text.split('\n'))
      }),
    )
  })

  it.each([
    ['in one chunk, ended', ['12345\n']],
    ['in one chunk, not ended', ['12345']],
    ['in several', ['12', '34', '5']],
    ['behind a good one', ['1\n12345']],
  ])('a line that is too long is refused, %s', (_, chunks) => {
    const lines = new Lines(4)
    expect(chunks.map((chunk) => lines.add(Buffer.from(chunk))).at(-1)).toBeNull()
  })

  it('a line as long as it may be is none too many', () => {
    expect(new Lines(4).add(Buffer.from('1234\n'))).toEqual(['1234'])
  })
})
