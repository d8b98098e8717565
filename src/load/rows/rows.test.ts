import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCsv } from './csv.ts'
import { rowsMax } from './limits.ts'
import { boundedQuery } from './query.ts'
import { rowsOfFile } from './read-file.ts'

describe('parseCsv', () => {
  test.each([
    {
      why: 'names and values',
      text: 'id,name\n1,Ada\n2,Bo\n',
      rows: [
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Bo' },
      ],
    },
    { why: 'no line end at the end', text: 'id\n1', rows: [{ id: 1 }] },
    { why: 'other line ends, and the mark of Windows', text: '\uFEFFid\r\n1\r2', rows: [{ id: 1 }, { id: 2 }] },
    { why: 'in quotes it is a text', text: 'id\n"1"\n"true"', rows: [{ id: '1' }, { id: 'true' }] },
    { why: 'commas, quotes and lines in quotes', text: 'a,b\n"x, ""y""\nz",2', rows: [{ a: 'x, "y"\nz', b: 2 }] },
    { why: 'an empty field is none', text: 'a,b,c\n,2,\n1,,""', rows: [{ b: 2 }, { a: 1, c: '' }] },
    { why: 'truth', text: 'a\ntrue\nfalse', rows: [{ a: true }, { a: false }] },
    {
      why: 'ids that only look like numbers',
      text: 'a\n007\n12345678901234567890\n1e999',
      rows: [{ a: '007' }, { a: '12345678901234567890' }, { a: '1e999' }],
    },
    { why: 'empty lines are none', text: 'a\n\n1\n\n', rows: [{ a: 1 }] },
    { why: 'nothing', text: '', rows: [] },
  ])('$why', ({ text, rows }) => {
    expect(parseCsv(text)).toEqual(rows)
  })

  test.each([
    ['a,b\n1', 'row 1 has 1 fields, and the first line names 2'],
    ['a\n1\n2"3', 'line 3 has a quote where none belongs'],
    ['a\n"open', 'line 2 has a quote where none belongs'],
  ])('%j is refused', (text, says) => {
    expect(() => parseCsv(text)).toThrow(says)
  })

  test('whatever is written in quotes comes back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '1') })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
        const text = ['a,b', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n')
        expect(parseCsv(text)).toEqual(rows.map(([a, b]) => ({ a, b })))
      }),
    )
  })
})

describe('rowsOfFile', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'squall-rows-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  test('JSON is a list of rows, or of values', () => {
    expect(rowsOfFile(file('a.json', '[{"id": 1}, "x"]'), 1)).toEqual([{ id: 1 }, { value: 'x' }])
  })

  test('of too many the seed picks, always the same, in their order', () => {
    const many = file('many.csv', ['id', ...Array.from({ length: rowsMax + 500 }, (_, index) => index)].join('\n'))
    const ids = rowsOfFile(many, 1).map(({ id }) => Number(id))
    expect(ids).toHaveLength(rowsMax)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    expect(rowsOfFile(many, 1).map(({ id }) => id)).toEqual(ids)
    expect(rowsOfFile(many, 2).map(({ id }) => id)).not.toEqual(ids)
  })

  test('no rows is an error', () => {
    expect(() => rowsOfFile(file('none.csv', 'id\n'), 1)).toThrow('no rows')
    expect(() => rowsOfFile(join(folder, 'not-there.csv'), 1)).toThrow('ENOENT')
  })
})

test('a query is bounded, whatever ends it', () => {
  const bounded = boundedQuery('select id from t -- all of them;')
  expect(bounded).toBe(
    `select to_jsonb(asked) as row from (select id from t -- all of them\n) as asked limit ${rowsMax}`,
  )
})
