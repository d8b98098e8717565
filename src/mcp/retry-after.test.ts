import { expect, test } from 'vitest'
import { retryAfterMs, retryAfterMsMax } from './retry-after.ts'

const date = 'Wed, 21 Oct 2026 07:28:00 GMT'

test.each([
  { why: 'seconds', retryAfter: '2', expected: 2_000 },
  { why: 'parts of a second, which some servers send', retryAfter: ' 0.5 ', expected: 500 },
  { why: 'at once', retryAfter: '0', expected: 0 },
  { why: 'a date, against that of the answer', retryAfter: 'Wed, 21 Oct 2026 07:28:07 GMT', expected: 7_000 },
  { why: 'a date that has passed', retryAfter: 'Wed, 21 Oct 2026 07:27:07 GMT', expected: 0 },
  { why: 'longer than anybody waits', retryAfter: '86400', expected: retryAfterMsMax },
  { why: 'nothing said', retryAfter: undefined, expected: 1_000 },
  { why: 'nonsense', retryAfter: 'soon', expected: 1_000 },
  { why: 'negative', retryAfter: '-3', expected: 1_000 },
])('Retry-After: $why', ({ retryAfter, expected }) => {
  expect(retryAfterMs(retryAfter, date)).toBe(expected)
})
