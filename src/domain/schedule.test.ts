import { expect, it } from 'vitest'
import { nextDueMs } from './schedule.ts'

it.each([
  ['a week', '2026-11-21T10:00:00.000Z', 'week', '2026-11-28T10:00:00.000Z'],
  ['a month over the end of a year', '2026-12-15T10:00:00.000Z', 'month', '2027-01-15T10:00:00.000Z'],
  ['a month that is shorter', '2027-01-31T10:00:00.000Z', 'month', '2027-02-28T10:00:00.000Z'],
  ['a quarter to a leap day', '2027-11-30T10:00:00.000Z', 'quarter', '2028-02-29T10:00:00.000Z'],
  ['a year from a leap day', '2028-02-29T10:00:00.000Z', 'year', '2029-02-28T10:00:00.000Z'],
] as const)('is due again after %s', (_reason, done, every, due) => {
  expect(new Date(nextDueMs(Date.parse(done), every)).toISOString()).toBe(due)
})
