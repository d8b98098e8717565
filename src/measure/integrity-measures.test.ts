import { describe, expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { integrityMeasures } from './integrity-measures.ts'
import { measure } from './measure-spec.ts'
import { RunView } from './run-view.ts'
import { timelineOf, whole } from './testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const plan: Plan = { ...planOf(), drill: { name: 'failover', mode: 'automatic', horizonMs: 30_000, every: null } }

/** Looked at after the load with these findings; null: nobody looked. */
function viewOf(data: Record<string, unknown> | null, of: Plan = plan): RunView {
  const rows = timelineOf({ ...of, drill: null })
  const look: TimelineEntry[] = data === null ? [] : [[66_000_000, 'integrity', 'primary', { ...whole, ...data }]]
  const timeline = [...rows, ...look].sort(([a], [b]) => a - b)
  return new RunView(readGenerated({ plan: of, timeline, calls: [] }))
}

function specOf(id: string) {
  const spec = integrityMeasures.find((one) => one.id === id)
  if (spec === undefined) throw new Error(id)
  return spec
}

function measured(id: string, data: Record<string, unknown> | null): Measured {
  const view = viewOf(data)
  const window = view.window('run')
  if (window === null) throw new Error('no run')
  return measure(view, specOf(id), { window })
}

describe('what does not hold in the database', () => {
  test('is counted and named, by what it was looked at with', () => {
    const found = measured('data.integrity', {
      ...{ sequencesBehind: ['s1'], constraintsInvalid: ['c1', 'c2'], indexesInvalid: ['i1'] },
      indexesCheckedBy: 'amcheck',
    })
    expect(found).toMatchObject({ kind: 'value', value: 4, sampleCount: 3 })
    expect(found.method).toMatch(
      /indexes by amcheck: s1 \(a next value that is taken\), c1 \(does not hold\), c2 \(does not hold\), i1 \(not valid\)$/,
    )
    expect(measured('data.integrity', {})).toMatchObject({ value: 0, method: expect.stringMatching(/the catalogue$/) })
  })

  test('ten are named, and how many more there are', () => {
    const named = (count: number) =>
      measured('data.integrity', { sequencesBehind: Array.from({ length: count }, (_, at) => `s${at}`) }).method
    expect(named(10)).toMatch(/s9 \(a next value that is taken\)$/)
    expect(named(11)).toMatch(/s9 \(a next value that is taken\), and 1 more$/)
  })
})

test('tables that changed are counted and named, with how', () => {
  const tablesDifferent = [
    { name: 'orders', rows: 9, expectedRows: 10 },
    { name: 'users', rows: 5, expectedRows: 5 },
  ]
  const found = measured('data.tables_changed', { tablesMissing: ['gone'], tablesDifferent })
  expect(found).toMatchObject({ kind: 'value', value: 3, sampleCount: 9 })
  expect(found.method).toMatch(/: gone \(gone\), orders \(9 rows, were 10\), users \(other rows\)$/)
})

test.each(integrityMeasures.map(({ id }) => id))('%s is unknown where nobody looked', (id) => {
  expect(measured(id, null)).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
})

test('tables that were not looked at before the load cannot be compared', () => {
  expect(measured('data.tables_changed', { tablesCompared: null })).toMatchObject({
    kind: 'none',
    why: 'the database was not looked at before the load',
    sampleCount: 0,
  })
})

describe('what is never looked at', () => {
  const lacking = (id: string, of: Plan, data: Record<string, unknown> = {}) =>
    specOf(id).lacking?.(viewOf(data, of)) ?? null

  test.each(integrityMeasures.map(({ id }) => id))('%s needs a drill, and a database', (id) => {
    expect(lacking(id, plan)).toBeNull()
    expect(lacking(id, { ...plan, drill: null })).toContain('only a drill')
    const { server } = plan.stack.nodes
    const alone = { ...plan, stack: { ...plan.stack, nodes: server === undefined ? {} : { server } } }
    expect(lacking(id, alone)).toBe('the stack has no database')
  })

  test('tables, by a workload that does not say which it writes', () => {
    expect(lacking('data.tables_changed', plan, { tablesWritten: null })).toContain(
      'does not say which tables it writes',
    )
    expect(lacking('data.integrity', plan, { tablesWritten: null })).toBeNull()
  })
})
