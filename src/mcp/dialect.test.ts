import { expect, test } from 'vitest'
import { callBody, legacyDialect, modernDialect } from './dialect.ts'
import { headerText } from './header-text.ts'

const modern = modernDialect({ name: 'squall', version: '1' })

test('a modern call says in its headers and its body what it is, and stands alone', () => {
  expect(modern.callHeaders('search')).toEqual({
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/call',
    'Mcp-Name': 'search',
  })
  expect(JSON.parse(callBody(modern, 'a-1', 'search', { q: 'x' }))).toEqual({
    jsonrpc: '2.0',
    id: 'a-1',
    method: 'tools/call',
    params: {
      name: 'search',
      arguments: { q: 'x' },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'squall', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  })
})

test('a modern listing follows the cursor', () => {
  expect(JSON.parse(modern.listBody(1)).params).toEqual({ _meta: expect.anything() })
  expect(JSON.parse(modern.listBody(1, 'next')).params).toEqual({ _meta: expect.anything(), cursor: 'next' })
  expect(modern.listHeaders['Mcp-Method']).toBe('tools/list')
})

test('a legacy call carries the session, and the same headers for every tool', () => {
  const legacy = legacyDialect('2025-06-18', 's1')
  expect(legacy.callHeaders('a')).toBe(legacy.callHeaders('b'))
  expect(legacy.callHeaders('a')).toMatchObject({ 'Mcp-Session-Id': 's1', 'MCP-Protocol-Version': '2025-06-18' })
  expect(JSON.parse(callBody(legacy, 7, 'a', {}))).toEqual({
    ...{ jsonrpc: '2.0', id: 7, method: 'tools/call' },
    params: { name: 'a', arguments: {} },
  })
})

test.each([
  { text: 'get_customer', why: 'plain', expected: 'get_customer' },
  { text: 'two words', why: 'space inside is plain', expected: 'two words' },
  { text: ' edge', why: 'space at an end would be lost', expected: '=?base64?IGVkZ2U=?=' },
  { text: 'größe', why: 'beyond ASCII', expected: '=?base64?Z3LDtsOfZQ==?=' },
  { text: 'a\r\nX: y', why: 'line ends would be a header of their own', expected: '=?base64?YQ0KWDogeQ==?=' },
  { text: '=?base64?eA==?=', why: 'what looks like a mark', expected: '=?base64?PT9iYXNlNjQ/ZUE9PT89?=' },
  { text: '🌊', why: 'beyond 16 bits', expected: '=?base64?8J+Mig==?=' },
])('headerText: $why', ({ text, expected }) => {
  expect(headerText(text)).toBe(expected)
})
