import { expect, it } from 'vitest'
import { graver } from './exit-code.ts'

it.each<[reason: string, before: number | null, code: number, together: number]>([
  ['the first', null, 2, 2],
  ['interrupted, and its report says inconclusive', 130, 2, 130],
  ['inconclusive, then interrupted', 2, 130, 130],
  ['broken outweighs what was judged', 1, 3, 3],
  ['interrupted, and the stack could not be ended', 130, 3, 130],
  ['bad usage outweighs all', 130, 64, 64],
  ['a missed bound outweighs an inconclusive one', 1, 2, 1],
  ['a pass outweighs nothing', 2, 0, 2],
  ['a code that is none of ours is a breakage', 1, 7, 3],
])('%s', (_reason, before, code, together) => {
  expect(graver(before, code)).toBe(together)
})
