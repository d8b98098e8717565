import { describe, expect, it } from 'vitest'
import { cut, foreignCharactersMax, short } from './foreign.ts'

describe('foreign text', () => {
  it.each([
    ['a line break', 'a\nb', 'a b'],
    ['a bell', 'a\u0007b', 'a\ufffdb'],
    ['a right-to-left override', 'a\u202eb', 'a\ufffdb'],
    ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
    ['right-to-left letters are letters', 'שלום', 'שלום'],
  ])('%s', (_reason, text, clean) => {
    expect(cut(text)).toBe(clean)
  })

  it('is cut, and says how much there was', () => {
    const text = cut('x'.repeat(1_048_576))
    expect(text).toContain('cut, 1048576 characters')
    expect(text.length).toBeLessThan(foreignCharactersMax + 40)
  })

  it('a label in a picture has no room for that word', () => {
    expect(short('abcdef', 4)).toBe('abc…')
    expect(short('abcd', 4)).toBe('abcd')
  })
})
