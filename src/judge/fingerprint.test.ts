import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { fingerprint } from './fingerprint.ts'

it('is the same for the same content, however it was made', () => {
  expect(fingerprint({ a: 1, b: [{ c: 2, d: null }] })).toBe(fingerprint({ b: [{ d: null, c: 2 }], a: 1 }))
})

it('is the SHA-256 of the JSON with its fields in order, which anybody can make', () => {
  const sha256 = createHash('sha256').update('{"a":1,"b":{"c":2,"d":3}}').digest('hex')
  expect(fingerprint({ b: { d: 3, c: 2 }, a: 1 })).toBe(sha256)
})

it.each<[reason: string, one: unknown, other: unknown]>([
  ['a value', { a: 1 }, { a: 2 }],
  ['an order', [1, 2], [2, 1]],
  ['null is not nothing', { a: null }, {}],
])('tells apart %s', (_reason, one, other) => {
  expect(fingerprint(one)).not.toBe(fingerprint(other))
})
