import { expect, test } from 'vitest'
import { withoutSecrets } from './secrets.ts'

const headers = { Authorization: 'Bearer t0ps3cret', 'X-Key': 't0ps3cret-and-more', 'X-Short': 'a' }

test.each([
  { text: 'Bearer t0ps3cret is not known', expected: '*** is not known', why: 'the whole value' },
  { text: 'token "t0ps3cret" expired', expected: 'token "***" expired', why: 'the part behind the word' },
  { text: 't0ps3cret-and-more', expected: '***', why: 'no rest of the longer one stays' },
  { text: 'a bearer is missing', expected: 'a bearer is missing', why: 'what is too short to be one stays' },
])('told without secrets: $why', ({ text, expected }) => {
  expect(withoutSecrets(text, headers)).toBe(expected)
})

test('a secret in JSON, where its quotes and backslashes are escaped, is one, too', () => {
  const quoted = { 'X-Key': 'a"b\\c t0ps"3cret' }
  const said = JSON.stringify({ error: `no such key: ${quoted['X-Key']}` })
  expect(withoutSecrets(said, quoted)).toBe('{"error":"no such key: ***"}')
})
