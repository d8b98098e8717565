import { expect, test } from 'vitest'
import { withinTime } from './within-time.ts'

const endless = () => /^(a+)+$/.test(`${'a'.repeat(40)}b`)

test('what ends is as it was returned; what does not, or throws, is stopped', () => {
  expect(withinTime(2_000, () => 'done')).toBe('done')
  expect(withinTime(50, endless)).toBeNull()
  expect(
    withinTime(2_000, () => {
      throw new Error('broken')
    }),
  ).toBeNull()
  expect(withinTime(2_000, () => 'and again')).toBe('and again')
})
