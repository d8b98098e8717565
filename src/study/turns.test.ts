import { expect, it } from 'vitest'
import { turnsOf } from './turns.ts'

const told = (repeats: number, isInterleaved: boolean) =>
  turnsOf(repeats, isInterleaved).map(({ side, number }) => `${side} ${number}`)

it('in turn the first changes, so that a steady drift adds as much to both', () => {
  expect(told(3, true)).toEqual(['base 1', 'head 1', 'head 2', 'base 2', 'base 3', 'head 3'])
  const places = (side: string) => told(4, true).reduce((sum, turn, at) => (turn.startsWith(side) ? sum + at : sum), 0)
  expect(places('base')).toBe(places('head'))
})

it('else each side at a stretch', () => {
  expect(told(2, false)).toEqual(['base 1', 'base 2', 'head 1', 'head 2'])
})
