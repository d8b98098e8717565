import { describe, expect, test } from 'vitest'
import { readAnswer, readOpening, readToolListing } from './answer.ts'
import {
  callBodyHead,
  callBodyMiddle,
  callBodyTail,
  callToolBody,
  initializeBody,
  listToolsBody,
  sessionHeaders,
} from './protocol.ts'

const frame = (text: string, end = '\n') => `data: ${text}${end}${end}`
const good = '{"jsonrpc":"2.0","id":1,"result":{"ok":true}}'

describe('readAnswer from an event stream', () => {
  test.each([
    { why: 'one frame', body: frame(good) },
    { why: 'carriage returns end lines too', body: `event: message\r\n${frame(good, '\r\n')}` },
    { why: 'the space after the colon may be missing', body: `data:${good}\n\n` },
    { why: 'a comment and a retry line are passed over', body: `: hello\nretry: 5\n\n${frame(good)}` },
    {
      why: 'data on several lines is one text',
      body: 'data: {"jsonrpc":"2.0","id":1,\ndata: "result":{"ok":true}}\n\n',
    },
    { why: 'the last frame may lack its empty line', body: `data: ${good}` },
    {
      why: 'a request of the server is not the answer',
      body: frame('{"jsonrpc":"2.0","id":1,"method":"ping"}') + frame(good),
    },
    { why: 'an answer to another request is passed over', body: frame(good.replace('"id":1', '"id":2')) + frame(good) },
    { why: 'a keep-alive without data is passed over', body: `data:\n\n${frame(good)}` },
  ])('$why', ({ body }) => {
    expect(readAnswer(body, 1)).toEqual({ kind: 'result', result: { ok: true } })
  })

  test.each(['sampling/createMessage', 'elicitation/create', 'roots/list'])(
    'asks its client for %s: told as such',
    (method) => {
      const answer = readAnswer(frame(`{"jsonrpc":"2.0","id":7,"method":"${method}"}`), 1)
      expect(answer).toEqual({
        kind: 'unreadable',
        why: expect.stringContaining(`waits for its client to answer ${method}`),
      })
    },
  )

  test('what its client was asked for does not matter where an answer comes after it', () => {
    const body = frame('{"jsonrpc":"2.0","id":7,"method":"roots/list"}') + frame(good)
    expect(readAnswer(body, 1)).toEqual({ kind: 'result', result: { ok: true } })
  })

  test('only answers to others: told as such', () => {
    const answer = readAnswer(frame(good.replace('"id":1', '"id":2')), 1)
    expect(answer).toEqual({ kind: 'unreadable', why: "the answer carries another request's id" })
  })
})

describe('readOpening', () => {
  const chose = (version: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 1, result: { protocolVersion: version } })
  test('a server may choose an older revision that we speak', () => {
    expect(readOpening(chose('2025-06-18'), 1)).toEqual({ kind: 'opened', version: '2025-06-18' })
  })
  test.each([
    { body: chose('2024-11-05'), why: /"2024-11-05"/, isError: false },
    { body: chose(undefined), why: /none/, isError: false },
    { body: '{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"no"}}', why: /-32600: no/, isError: true },
    { body: '<html>', why: /neither JSON/, isError: false },
  ])('refused: $why', ({ body, why, isError }) => {
    expect(readOpening(body, 1)).toEqual({ kind: 'refused', why: expect.stringMatching(why), isError })
  })
})

describe('readToolListing', () => {
  const page = (result: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, result })
  test('a page with more behind it', () => {
    expect(readToolListing(page({ tools: [{ name: 'a' }], nextCursor: 'x' }), 1)).toEqual({
      tools: [{ name: 'a' }],
      nextCursor: 'x',
    })
  })
  test('no list is an error, not an empty list', () => {
    expect(() => readToolListing(page({}), 1)).toThrow('no list of tools')
  })
})

describe('bodies', () => {
  test('a call put together from its parts is the call', () => {
    const parts = `${callBodyHead('na"me')}{"a":1}${callBodyMiddle}"7-1"${callBodyTail}`
    expect(JSON.parse(parts)).toEqual({
      jsonrpc: '2.0',
      id: '7-1',
      method: 'tools/call',
      params: { name: 'na"me', arguments: { a: 1 } },
    })
    expect(callToolBody('7-1', 'na"me', { a: 1 })).toBe(parts)
  })
  test('initialize names the revision and the client', () => {
    expect(JSON.parse(initializeBody(1, { name: 'squall', version: '1' }))).toMatchObject({
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', clientInfo: { name: 'squall' }, capabilities: {} },
    })
  })
  test('a first page is asked for without a cursor', () => {
    expect(JSON.parse(listToolsBody(1)).params).toEqual({})
    expect(JSON.parse(listToolsBody(1, 'x')).params).toEqual({ cursor: 'x' })
  })
  test('a server without sessions gets no session header', () => {
    expect(Object.keys(sessionHeaders('2025-11-25', undefined))).not.toContain('Mcp-Session-Id')
    expect(sessionHeaders('2025-11-25', 's')['Mcp-Session-Id']).toBe('s')
  })
})
