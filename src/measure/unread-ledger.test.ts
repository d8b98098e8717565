import { expect, test } from 'vitest'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, timelineOf } from './testing/calm-run.ts'
import { type LedgerEntry, readGenerated } from './testing/generated-run.ts'
import { ledgerOf } from './testing/ledger-of.ts'
import { planOf } from './testing/plan-of.ts'

const calm = planOf()
const plan = { ...calm, observe: { ...calm.observe, ledger: { via: ['sql'], ratePerS: 100 } } } as const
const rows = ledgerOf({ everyMs: 100, toMs: 60_000, fateOf: () => ({ outcome: 'ok' }) })

/** What is told of lost writes where the first row of an edge has other data. */
function toldWith(edge: string, data: object) {
  const at = rows.findIndex((row) => row[1] === edge)
  const ledger = rows.map((row, index): LedgerEntry => (index === at ? [row[0], row[1], row[2], row[3], data] : row))
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ledger })))
  const [spec, window] = [measureById('data.lost_writes'), view.window('run')]
  if (spec === null || window === null) throw new Error('no such measure')
  return measure(view, spec, { window })
}

test.each([
  ['a write that was found, nobody knows how often', 'present', {}],
  ['a write that was found not once', 'present', { copies: 0 }],
  ['a write that was found one and a half times', 'present', { copies: 1.5 }],
  ['a write whose number is a text', 'present', { copies: '1' }],
  ['a write that nobody knows the due time of', 'invoke', {}],
])('%s: nothing is said of what is lost', (_reason, edge, data) => {
  expect(toldWith(edge, data)).toMatchObject({ kind: 'none' })
})

test('rows that are whole are judged', () => {
  expect(toldWith('present', { copies: 1 })).toMatchObject({ kind: 'value', value: 0 })
  expect(toldWith('invoke', { intended: 0 })).toMatchObject({ kind: 'value', value: 0 })
})
