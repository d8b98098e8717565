import { describe, expect, test } from 'vitest'
import type { HttpExpectation } from './http.ts'
import { classifyHttp } from './http-outcome.ts'

const table: readonly [
  why: string,
  status: number,
  body: string,
  expect: HttpExpectation,
  outcome: string,
  detail?: string,
][] = [
  ['a success needs no word of the plan', 204, '', {}, 'ok'],
  [
    'a failure is told with what the server says of it',
    500,
    '{"error":{"message":"no pool"}}',
    {},
    'http_error',
    'HTTP 500: no pool',
  ],
  ['… in any of the usual places', 422, '{"detail":"bad id"}', {}, 'http_error', 'HTTP 422: bad id'],
  ['… or as it is', 503, 'busy', {}, 'http_error', 'HTTP 503: busy'],
  ['a refusal for the rate is one of its own', 429, '', {}, 'rate_limited', 'HTTP 429'],
  ['… unless the plan takes it for normal', 429, '', { status: [200, 429] }, 'expected'],
  ['a listed 404 is normal, and not the same as found', 404, '', { status: [200, 404] }, 'expected'],
  ['a listed redirect is an answer', 302, '', { status: [302] }, 'ok'],
  ['a redirect that nobody listed is not followed, and no success', 302, '', {}, 'http_error', 'HTTP 302'],
  [
    'another success than the listed one is wrong',
    200,
    '',
    { status: [201] },
    'wrong_answer',
    'HTTP 200 is not among 201',
  ],
  ['text that has to be there is', 200, 'a cat', { contains: 'cat' }, 'ok'],
  [
    'text that has to be there is not',
    200,
    'a dog',
    { contains: 'cat' },
    'wrong_answer',
    'HTTP 200 without "cat" in its body',
  ],
  [
    'an outage told as a success',
    200,
    '{"status":"failed","error":"no database"}',
    {},
    'application_error',
    'no database',
  ],
  ['a stated loss of quality', 200, '{"status":"degraded","reason":"stale"}', {}, 'degraded', 'stale'],
  ['a body that only looks like JSON', 200, '{oops', {}, 'ok'],
]

describe('classifyHttp', () => {
  test.each(table)('%s', (_, status, body, expectation, outcome, detail) => {
    expect(classifyHttp(status, body, expectation)).toEqual(detail === undefined ? { outcome } : { outcome, detail })
  })

  test('a page as an error is cut', () => {
    expect(classifyHttp(500, 'x'.repeat(5_000)).detail?.length).toBeLessThan(330)
  })

  test.each([
    { where: 'a body', status: 500, body: (said: string) => said },
    {
      where: 'an outage told as a success',
      status: 200,
      body: (error: string) => JSON.stringify({ success: false, error }),
    },
  ])('a secret is out of the detail before that is cut: $where', ({ status, body }) => {
    const secret = 's3cret'.repeat(60)
    const told = classifyHttp(status, body(`who is ${secret}?`), {}, { Authorization: `Bearer ${secret}` })
    expect(told.detail).toContain('who is ***?')
    expect(told.detail).not.toContain('s3cret')
  })
})
