import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance, formatProblems } from './problems.ts'

describe('did you mean', () => {
  it.each([
    ['recovry', '; did you mean recovery?', 'a letter is missing'],
    ['jtiter', '; did you mean jitter?', 'two letters swapped'],
    ['Delay', '; did you mean delay?', 'only the case differs'],
    ['banana', '', 'nothing is near'],
    ['x', '', 'a single letter is near to nothing'],
  ])('%s: %j, %s', (word, hint) => {
    expect(didYouMean(word, ['delay', 'jitter', 'recovery'])).toBe(hint)
  })

  it('measures a distance: none to itself, the same both ways, at most the longer word', () => {
    const word = fc.string({ maxLength: 20 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, a)).toBe(0)
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})

it('formats problems as one aligned block', () => {
  const text = formatProblems([
    { path: 'load.pace', received: '4', expected: 'a duration', line: 12, file: 'gate.yaml' },
    { path: '--users', received: 'many', expected: 'a whole number', line: null, file: '--users' },
  ])
  expect(text).toBe(
    'gate.yaml:12  load.pace  got 4; expected a duration\n' +
      '--users       --users    got many; expected a whole number\n',
  )
})
