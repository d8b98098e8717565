import { expect, it } from 'vitest'
import { loadTable, tables } from './schema.ts'

it('is 24 tables with 134 indexes, primary keys included', () => {
  expect(tables).toHaveLength(24)
  expect(new Set(tables.map(({ name }) => name)).size).toBe(24)
  expect(tables.reduce((sum, { indexes }) => sum + 1 + indexes.length, 0)).toBe(134)
})

it('refers only to columns and tables that it has', () => {
  const names = new Set(tables.map(({ name }) => name))
  for (const table of tables) {
    const [create] = loadTable(table, 1)
    for (const [column, target] of Object.entries(table.references)) {
      expect(names, `${table.name}.${column}`).toContain(target)
      expect(create).toContain(`${column} integer`)
    }
  }
})

it('locks optimistically what several people change', () => {
  const versioned = tables
    .filter((table) => loadTable(table, 1)[0]?.includes(' version integer'))
    .map(({ name }) => name)
  expect(versioned).toEqual(expect.arrayContaining(['customers', 'contracts', 'renewals', 'support_tickets']))
})

it('draws each column apart from all others, by seed', () => {
  const keys = tables.flatMap((table) => loadTable(table, 7)[1]?.match(/hashint8extended\(id::int8, \d+\)/g) ?? [])
  expect(keys.length).toBeGreaterThan(100)
  expect(new Set(keys).size).toBe(keys.length)
  expect(tables.map((table) => loadTable(table, 7)[1])).toEqual(tables.map((table) => loadTable(table, 7)[1]))
  expect(tables.map((table) => loadTable(table, 7)[1])).not.toEqual(tables.map((table) => loadTable(table, 8)[1]))
})
