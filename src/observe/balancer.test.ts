import { expect, test } from 'vitest'
import { readInstances } from './balancer.ts'

const one = { upstream: '127.0.0.1:1', isUp: true, open: 2, opened: 5, sent: 700 }

test('what the balancer tells is read in its order', () => {
  expect(readInstances([one, { ...one, isUp: false, open: 0 }], 2)).toEqual([
    [true, 2, 5, 700],
    [false, 0, 5, 700],
  ])
})

test.each([
  ['another number of instances', [one]],
  ['no list', { instances: [one, one] }],
  ['an instance without a count', [one, { ...one, sent: undefined }]],
  ['something else in the list', [one, null]],
])('%s is no answer', (_reason, value) => {
  expect(readInstances(value, 2)).toBe(null)
})
