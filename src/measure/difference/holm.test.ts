import { expect, it } from 'vitest'
import { adjustedP } from './holm.ts'

const equal = (count: number) => new Array<number>(count).fill(1)

it.each<[reason: string, p: number[], weights: number[], adjusted: number[]]>([
  ['one alone stays as it is', [0.04], [1], [0.04]],
  ['the smallest counts for all, the next for those that are left', [0.01, 0.04, 0.03], equal(3), [0.03, 0.06, 0.06]],
  ['never less than one before it, never more than 1', [0.4, 0.5, 0.02], equal(3), [0.8, 0.8, 0.06]],
  ['four fifths of the error for the first', [0.04, 0.04], [0.8, 0.2], [0.05, 0.05]],
  ['only the proportion of weights counts', [0.04, 0.04], [8, 2], [0.05, 0.05]],
  ['by its weight a small one may come last', [0.02, 0.03, 0.08], [0.5, 0.4, 0.1], [0.04, 0.04, 0.08]],
  ['no p is more than 1', [0.9, 0.8], equal(2), [1, 1]],
  ['of two alike each is held against both', [0.03, 0.03], [1, 1], [0.06, 0.06]],
])('%s', (_reason, p, weights, adjusted) => {
  const found = adjustedP(p, weights)
  expect(found).toEqual(adjusted.map((value) => expect.closeTo(value, 10)))
})
