import { describe, expect, it } from 'vitest'
import type { DatabaseState } from './backup.ts'
import { compareIntegrity, isWhole, rowsMatch } from './integrity.ts'

const table = (name: string, rows = 10, checksum = '1') => ({ name, rows, checksum })

function stateOf(tables: readonly ReturnType<typeof table>[], changes: Partial<DatabaseState> = {}): DatabaseState {
  const nothingWrong = { newestRowAgeS: 3, sequencesBehind: [], constraintsInvalid: [], indexesInvalid: [] }
  return { names: tables.map(({ name }) => name), tables, ...nothingWrong, ...changes }
}

const expected = stateOf([table('public.a'), table('public.b')])

describe('a restored database', () => {
  it.each([
    ['with all of it', stateOf([table('public.b'), table('public.a')]), true],
    ["with a migration tool's own table", stateOf([...expected.tables, table('public.schema_migrations', 3)]), true],
    ['without a table', stateOf([table('public.a')]), false],
    ['with an empty table', stateOf([table('public.a'), table('public.b', 0, '0')]), false],
    ['with a row less', stateOf([table('public.a'), table('public.b', 9)]), false],
    ['with another row', stateOf([table('public.a'), table('public.b', 10, '2')]), false],
    ['with a table that nobody looked into', stateOf([table('public.a')], { names: expected.names }), false],
  ])('%s', (_, actual, isGood) => {
    const report = compareIntegrity(expected, actual)
    expect([rowsMatch(report), isWhole(report)]).toEqual([isGood, isGood])
  })

  it.each(['sequencesBehind', 'constraintsInvalid', 'indexesInvalid'] as const)(
    'with %s has its rows, and is not whole',
    (key) => {
      const report = compareIntegrity(expected, stateOf(expected.tables, { [key]: ['one'] }))
      expect([rowsMatch(report), isWhole(report)]).toEqual([true, false])
    },
  )

  it('is only held against tables whose rows are known', () => {
    const report = compareIntegrity(
      { names: expected.names, tables: [table('public.a')] },
      stateOf([table('public.a'), table('public.b', 0)]),
    )
    expect(rowsMatch(report)).toBe(true)
  })

  it('names what is wrong, with numbers', () => {
    const actual = stateOf([table('public.b', 9), table('public.c')])
    expect(compareIntegrity(expected, actual)).toMatchObject({
      tablesExpected: 2,
      tablesMissing: ['public.a'],
      tablesExtra: ['public.c'],
      tablesDifferent: [{ name: 'public.b', expectedRows: 10, rows: 9 }],
      newestRowAgeS: 3,
    })
  })
})
