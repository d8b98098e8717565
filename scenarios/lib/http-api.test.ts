import { describe, expect, test } from 'vitest'
import workload from '../http-api.ts'
import { made } from './planned.ts'
import type { Json, Random } from './workload.ts'

/** Counts up, so that two draws differ. */
function counting(): Random {
  let count = 0
  const int = (min: number, max: number) => Math.min(max, min + count++)
  return { next: () => 0, int, pick: (items) => items[int(0, items.length - 1)] as (typeof items)[number] }
}

function requestOf(told: Json) {
  const [use] = made(workload, { requests: { one: told } }).requests
  if (use === undefined) throw new Error('no request')
  return use.request(counting(), {})
}

function problemsOf(words: Json): readonly string[] {
  const found = workload.fromPlan(words as Parameters<typeof workload.fromPlan>[0])
  return 'name' in found ? [] : found.map(({ path, expected }) => `${path}: ${expected}`)
}

describe('http-api', () => {
  test('a path alone is a GET', () => {
    expect(requestOf({ path: '/a?b={c}', values: { c: 'ü&' } })).toEqual({ method: 'GET', path: '/a?b=%C3%BC%26' })
  })

  test('one value drawn is the same wherever it stands in a request, and anew in the next', () => {
    const [use] = made(workload, {
      requests: {
        one: {
          method: 'PUT',
          path: '/customers/{id}',
          headers: { 'X-Id': 'c-{id}' },
          body: { id: '{id}', text: 'for {id}', list: [true, '{other}'] },
          values: { id: { int: [7, 99] }, other: { pick: ['a', 'b'] } },
        },
      },
    }).requests
    const random = counting()
    const first = use?.request(random, {})
    expect(first).toEqual({
      method: 'PUT',
      path: '/customers/7',
      headers: { 'Content-Type': 'application/json', 'X-Id': 'c-7' },
      body: '{"id":7,"text":"for 7","list":[true,"b"]}',
    })
    expect(use?.request(random, {}).path).toBe('/customers/9')
  })

  test('that a request may be answered the same whatever it asks is no part of the request', () => {
    expect(requestOf({ path: '/a', answers: 'same' })).toEqual({ method: 'GET', path: '/a' })
    expect(problemsOf({ requests: { one: { path: '/a', answers: 'other' } } })).toEqual([
      'requests.one.answers: one of same',
    ])
  })

  test('a body of text goes as it is, other braces left alone', () => {
    const asked = requestOf({ method: 'POST', path: '/q', body: 'query { user { name } id: {id} }', values: { id: 3 } })
    expect(asked.body).toBe('query { user { name } id: 3 }')
    expect(asked.headers).toBeUndefined()
  })

  test('a content type of the plan replaces ours', () => {
    const asked = requestOf({ method: 'POST', path: '/q', headers: { 'content-type': 'application/x' }, body: [] })
    expect(asked.headers).toEqual({ 'content-type': 'application/x' })
  })

  test.each([
    ['nothing to send', {}, /^requests: at least one request/],
    ['a misspelt key', { requests: { a: { pth: '/' } } }, /^requests\.a\.pth: a known key/],
    ['no path', { requests: { a: {} } }, /^requests\.a\.path: a text/],
    ['another host', { requests: { a: { path: '//elsewhere/x' } } }, /starts with one \//],
    ['a value that nobody gives', { requests: { a: { path: '/{id}' } } }, /values for id/],
    ['a method that there is not', { requests: { a: { path: '/', method: 'FETCH' } } }, /^requests\.a\.method: one of/],
    [
      'a status that there is not',
      { requests: { a: { path: '/', expect: { status: [20] } } } },
      /status\[0\]: a whole/,
    ],
    ['a range the wrong way round', { requests: { a: { path: '/', values: { x: { int: [5, 1] } } } } }, /values\.x:/],
    ['a negative weight', { requests: { a: { path: '/', weight: -1 } } }, /weight: a number/],
    ['a header that is none', { requests: { a: { path: '/', headers: { 'a b': 'x' } } } }, /name of a header/],
  ])('%s is refused', (_, words, says) => {
    expect(problemsOf(words as Json)).toEqual(expect.arrayContaining([expect.stringMatching(says)]))
  })

  test('all problems come at once', () => {
    expect(problemsOf({ requests: { a: {}, b: { path: 'x' } }, speed: 1 })).toHaveLength(3)
  })
})
