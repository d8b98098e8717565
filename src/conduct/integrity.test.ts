import { expect, test } from 'vitest'
import type { LiveState } from '../domain/backup.ts'
import { integrityRow } from './integrity.ts'

const table = (name: string, rows = 10, checksum = '1') => ({ name, rows, checksum })

function liveOf(tables: readonly ReturnType<typeof table>[]): LiveState {
  const nothingWrong = { newestRowAgeS: 3, sequencesBehind: [], constraintsInvalid: ['a on b'], indexesInvalid: [] }
  return { names: tables.map(({ name }) => name), tables, ...nothingWrong, indexesCheckedBy: 'catalog' }
}

const before = liveOf([table('public.a'), table('public.b'), table('public.c'), table('squall_ledger.writes', 1)])
const written = ['public.b']

test('what the load writes, and the ledger, may change; the rest may not', () => {
  const after = liveOf([
    table('public.a', 9),
    table('public.b', 30),
    table('public.c'),
    table('squall_ledger.writes', 99),
  ])
  expect(integrityRow(before, after, written)).toEqual({
    tablesWritten: written,
    tablesCompared: 2,
    tablesMissing: [],
    tablesDifferent: [{ name: 'public.a', expectedRows: 10, rows: 9 }],
    sequencesBehind: [],
    constraintsInvalid: ['a on b'],
    indexesInvalid: [],
    indexesCheckedBy: 'catalog',
  })
})

test('a table that is gone is missed though the load writes it', () => {
  const after = liveOf([table('public.a'), table('public.c'), table('squall_ledger.writes', 1)])
  expect(integrityRow(before, after, written)).toMatchObject({ tablesMissing: ['public.b'], tablesDifferent: [] })
})

test.each([
  ['nobody looked before', null, written],
  ['nobody knows what the load writes', before, null],
])('where %s no rows are compared', (_, held, writes) => {
  const after = liveOf([table('public.a', 9), table('public.b'), table('public.c'), table('squall_ledger.writes')])
  expect(integrityRow(held, after, writes)).toMatchObject({ tablesCompared: null, tablesDifferent: [] })
})
