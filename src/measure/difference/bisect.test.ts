import { expect, it } from 'vitest'
import { bisect } from './bisect.ts'

it.each<readonly [string, near: number, far: number, turns: number, ends: { near: number; far: number }]>([
  ['not halved at all', 0, 8, 0, { near: 0, far: 8 }],
  ['once', 0, 8, 1, { near: 4, far: 8 }],
  ['three times', 0, 8, 3, { near: 5, far: 6 }],
  ['from above', 8, 0, 3, { near: 6, far: 5 }],
])('an edge at 5.5 lies between both ends: %s', (_why, near, far, turns, ends) => {
  const holds = (value: number) => (near < far ? value < 5.5 : value > 5.5)
  expect(bisect({ near, far }, turns, holds)).toEqual(ends)
})
