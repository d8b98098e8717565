import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { atPointer } from './pointer.ts'
import { rowsOf } from './rows.ts'
import { fillTemplate } from './template.ts'

describe('fillTemplate', () => {
  const row = { id: 7, name: 'Ada', tags: ['a'], off: null }
  test.each([
    { why: 'a text that is only a name becomes the field itself', template: { a: '{id}' }, filled: { a: 7 } },
    { why: 'lists and null too', template: { a: '{tags}', b: '{off}' }, filled: { a: ['a'], b: null } },
    { why: 'within a text it is written out', template: { a: 'no {id} of {name}' }, filled: { a: 'no 7 of Ada' } },
    { why: 'at any depth', template: { a: [{ b: '{id}' }] }, filled: { a: [{ b: 7 }] } },
    { why: 'two braces are one', template: { a: '{{id}}: {id}' }, filled: { a: '{id}: 7' } },
    { why: 'what is no name stays', template: { a: '{"x": 1} {} {1}', n: 1 }, filled: { a: '{"x": 1} {} {1}', n: 1 } },
  ])('$why', ({ template, filled }) => {
    expect(fillTemplate(template, row)).toEqual(filled)
  })

  test('a field that is not there is an error that names those that are', () => {
    expect(() => fillTemplate({ a: '{nmae}' }, row)).toThrow(
      'nothing is called nmae there; there is id, name, tags, off',
    )
    expect(() => fillTemplate({ a: '{toString}' }, row)).toThrow(RangeError)
  })

  test('any text that is a field comes back as it was', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(fillTemplate({ a: '{x}' }, { x: text })).toEqual({ a: text })
      }),
    )
  })
})

describe('atPointer', () => {
  const value = { items: [{ id: 1 }], 'a/b': { '~': 2 }, '': 3, length: 4 }
  test.each([
    ['', value],
    ['/items/0/id', 1],
    ['/a~1b/~0', 2],
    ['/', 3],
    ['/length', 4],
    ['/items/length', undefined],
    ['/items/1', undefined],
    ['/items/-1', undefined],
    ['/toString', undefined],
    ['/items/0/id/x', undefined],
  ])('%s', (pointer, found) => {
    expect(atPointer(value, pointer)).toEqual(found)
  })
})

describe('rowsOf', () => {
  test.each([
    { why: 'objects are rows', value: [{ a: 1 }, { a: 2 }], rows: [{ a: 1 }, { a: 2 }] },
    {
      why: 'anything else has one field',
      value: ['x', null, 3, [4]],
      rows: [{ value: 'x' }, { value: 3 }, { value: [4] }],
    },
    { why: 'one value is one row', value: 'x', rows: [{ value: 'x' }] },
    { why: 'null is none', value: null, rows: [] },
    { why: 'a list is cut', value: [1, 2, 3, 4], rows: [{ value: 1 }, { value: 2 }, { value: 3 }] },
  ])('$why', ({ value, rows }) => {
    expect(rowsOf(value, 3)).toEqual(rows)
  })
})
