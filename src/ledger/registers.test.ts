import { expect, test } from 'vitest'
import { registerOf, registersAt, updatesPerS, writersAtOnce } from './registers.ts'

test('writers come in twos for one register, and the next two for another', () => {
  expect([0, 1, 2, 3, 14, 15, 16].map(registerOf)).toEqual([0, 0, 1, 1, 7, 7, 0])
  expect(writersAtOnce).toBe(2)
})

test('what is read is what is written then, for a day, and no register takes more than 400 updates', () => {
  const turns = new Map<number, number>()
  for (let turn = 0; turn < updatesPerS * 24 * 3_600; turn += 1) {
    const register = registerOf(turn)
    turns.set(register, (turns.get(register) ?? 0) + 1)
    if (turn % 9_973 === 0) expect(registersAt((turn * 1_000_000) / updatesPerS)).toContain(register)
  }
  expect(Math.max(...turns.values())).toBe(400)
  expect(registersAt(-1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})
