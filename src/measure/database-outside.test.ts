import { expect, test } from 'vitest'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, databaseOf } from './testing/calm-run.ts'
import { type GeneratedProbeRow, readGenerated } from './testing/generated-run.ts'

function ask(id: string, changes: Parameters<typeof calmRun>[0]) {
  const view = new RunView(readGenerated(calmRun(changes)))
  const [spec, window] = [measureById(id), view.window('steady')]
  if (spec === null || window === null) throw new Error(id)
  return { lacking: spec.lacking?.(view) ?? null, measured: measure(view, spec, { window }) }
}

test('the mean time of a statement is the rise of its time over the rise of its calls', () => {
  // A second: 100 calls of 3 ms each.
  const told = (ms: number) => ({ statements: [100 * (ms / 1_000), 300 * (ms / 1_000)] as const })
  const { lacking, measured } = ask('database.statement_time.mean', { database: databaseOf(told) })
  expect(lacking).toBeNull()
  expect(measured).toMatchObject({ kind: 'value', unit: 'ms', value: 3 })
})

test('without pg_stat_statements there is a line that would bring it', () => {
  expect(ask('database.statement_time.mean', {}).lacking).toContain('create extension')
})

const refusedAt = (...refused: readonly number[]) =>
  Array.from({ length: 60 }, (_, second): GeneratedProbeRow => {
    const at = { askedUs: second * 1e6, endedUs: second * 1e6 + 5_000, probe: 'db' }
    return refused.includes(second)
      ? { ...at, connection: 'fresh', error: 'database', sqlState: '53300' }
      : { ...at, connection: second % 2 === 0 ? 'fresh' : 'long', error: second === 30 ? 'database' : null }
  })

test.each([
  ['only those without a slot count, in the window', [2, 40, 41], 2],
  ['none', [], 0],
])('connections that were refused: %s', (_reason, refused, value) => {
  expect(ask('database.refused_connections', { probe: refusedAt(...refused) }).measured).toMatchObject({
    kind: 'value',
    value,
  })
})

test('nobody who asked is no zero', () => {
  expect(ask('database.refused_connections', { probe: [] }).measured).toMatchObject({ kind: 'none' })
})
