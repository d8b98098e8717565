import { describe, expect, test } from 'vitest'
import type { DatabaseRow } from '../record/reader-rows.ts'
import { derivedLacks, ownText, tellsUse } from './own-sessions.ts'
import { RunView } from './run-view.ts'
import { calmRun, databaseOf } from './testing/calm-run.ts'
import { type GeneratedDatabaseRow, readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const base = planOf()
const derived = planOf({ observe: { ...base.observe, pool: null } })
const lacks = (shape: (ms: number) => Partial<GeneratedDatabaseRow>) =>
  derivedLacks(new RunView(readGenerated(calmRun({ plan: derived, database: databaseOf(shape) }))))

describe('what the sessions at the database cannot tell', () => {
  test.each<readonly [string, (ms: number) => Partial<GeneratedDatabaseRow>, RegExp | null]>([
    ['they tell', () => ({ idleMs: [1, 2] }), null],
    ['they told once', (ms) => ({ idleMs: ms === 20_000 ? [] : null }), null],
    ['the login may not see them', () => ({ idleMs: null, hidden: 3 }), /grant pg_monitor/],
    ['it once saw that it may not', (ms) => ({ idleMs: null, hidden: ms === 20_000 ? 1 : 0 }), /grant pg_monitor/],
    ['none is hidden', () => ({ idleMs: null, hidden: 0 }), /track_activities/],
    ['nobody says whether any is', () => ({ idleMs: null, hidden: null }), /track_activities/],
    [
      'a look that failed says nothing',
      (ms) => (ms === 20_000 ? { error: 'refused', idleMs: [1] } : { idleMs: null }),
      /track_activities/,
    ],
    ['no look that was answered', () => ({ error: 'refused', idleMs: null }), null],
  ])('%s', (_why, shape, expected) => {
    const why = lacks(shape)
    if (expected === null) expect(why).toBeNull()
    else expect(why).toMatch(expected)
  })

  test('without a database nothing can be said', () => {
    const plan = { ...derived, stack: { ...derived.stack, nodes: {} } }
    const database = databaseOf(() => ({ idleMs: null }))
    expect(derivedLacks(new RunView(readGenerated(calmRun({ plan, database }))))).toBeNull()
  })
})

test.each<readonly [string, Partial<DatabaseRow>, boolean]>([
  ['tells of use', {}, true],
  ['that failed does not', { error: 'refused' }, false],
  ['without a count does not', { connections: null }, false],
  ['without what they do does not', { idleMs: null }, false],
])('a look %s', (_why, changes, expected) => {
  const { database } = readGenerated(calmRun({ database: databaseOf(() => ({ idleMs: [1] })) }))
  const row = database?.rows[0]
  if (row === undefined) throw new Error('no row')
  expect(tellsUse({ ...row, ...changes })).toBe(expected)
})

test.each([
  ["sessions of all but Squall's own", [], [], []],
  ['sessions of application a, b', ['a', 'b'], [], []],
  ['sessions of application a and user u and address 10.0.0.1, 10.0.0.2', ['a'], ['u'], ['10.0.0.1', '10.0.0.2']],
] as const)('%s', (text, applications, users, addresses) => {
  const { primary } = base.stack.nodes
  if (primary === undefined) throw new Error('no primary')
  const own = { applications: [...applications], users: [...users], addresses: [...addresses], max: null }
  const nodes = { ...base.stack.nodes, primary: { ...primary, own } }
  const plan = planOf({ stack: { ...base.stack, nodes } })
  expect(ownText(new RunView(readGenerated(calmRun({ plan }))))).toBe(text)
})
