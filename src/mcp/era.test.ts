import { describe, expect, test } from 'vitest'
import { readEra } from './era.ts'

const says = (message: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, ...message })
const error = (code: number, data?: object) => says({ error: { code, message: 'no', ...(data ? { data } : {}) } })

describe('the era of a server, from its answer to a modern tools/list', () => {
  test('one that completes it speaks the modern era', () => {
    const body = says({ result: { resultType: 'complete', tools: [{ name: 'a' }], nextCursor: 'c' } })
    expect(readEra(200, body, 1)).toEqual({ kind: 'modern', listing: { tools: [{ name: 'a' }], nextCursor: 'c' } })
  })

  test('modern, and without tools', () => {
    expect(readEra(404, error(-32601), 1)).toEqual({ kind: 'modern', listing: { tools: [] } })
  })

  test.each([
    { why: 'a session is missing', status: 400, body: error(-32600) },
    { why: 'a session is missing, told as text', status: 400, body: 'Bad Request: No valid session ID' },
    { why: 'it lists without a session, whatever the headers say', status: 200, body: says({ result: { tools: [] } }) },
    { why: 'it has no tools', status: 200, body: error(-32601) },
    { why: 'it wants to be initialized', status: 200, body: error(-32602) },
    { why: 'it breaks at what it does not know', status: 500, body: 'oops' },
    {
      why: 'it knows of the modern era, and speaks an older revision',
      status: 400,
      body: error(-32022, { supported: ['2025-11-25'] }),
    },
    { why: 'an error page', status: 404, body: '<html>' },
    { why: 'nothing', status: 200, body: '' },
  ])('legacy: $why', ({ status, body }) => {
    expect(readEra(status, body, 1)).toEqual({ kind: 'legacy' })
  })

  test.each([
    { why: 'a login', status: 401, body: '{"error":{"message":"who are you?"}}', expected: 'HTTP 401: who are you?' },
    { why: 'no right', status: 403, body: '', expected: 'HTTP 403' },
    { why: 'less at once', status: 429, body: '', expected: 'HTTP 429' },
    {
      why: 'other revisions',
      status: 400,
      body: error(-32022, { supported: ['2031-01-01'] }),
      expected: /speaks 2031-01-01/,
    },
    { why: 'other revisions, none named', status: 400, body: error(-32022), expected: /names none/ },
    { why: 'other headers', status: 400, body: error(-32020), expected: /changed the request: "no"/ },
    {
      why: 'a listing that is none',
      status: 200,
      body: says({ result: { resultType: 'complete' } }),
      expected: /no list/,
    },
  ])('refused, as it wants $why', ({ status, body, expected }) => {
    const seen = readEra(status, body, 1)
    expect(seen.kind === 'refused' && seen.why).toMatch(expected)
  })
})
