import { describe, expect, test } from 'vitest'
import type { LedgerRow } from '../record/reader-rows.ts'
import {
  ledgerFacts,
  lostWrites,
  recoveredWrites,
  recoveryPointUs,
  resurrectedWrites,
  type Write,
} from './ledger-facts.ts'

/** A write that was due at `dueMs`; null: no answer came. */
function wrote(op: string, dueMs: number, endMs: number | null, outcome: string): LedgerRow[] {
  const intended = dueMs * 1_000
  const common = { via: 'sql', op }
  if (outcome === 'unsent') return [{ ...common, tUs: intended, edge: 'unsent', data: { intended } }]
  const sent = { ...common, tUs: intended, edge: 'invoke', data: { intended } }
  return endMs === null ? [sent] : [sent, { ...common, tUs: endMs * 1_000, edge: 'complete', data: { outcome } }]
}

const found = (op: string, copies = 1): LedgerRow => {
  return { tUs: 63_000_000, edge: 'present', via: 'sql', op, data: { copies } }
}

const factsOf = (...rows: readonly (LedgerRow | LedgerRow[])[]) => ledgerFacts(rows.flat(), 'sql')
const ops = (writes: readonly Write[]) => writes.map(({ op }) => op)

test('writes come by when they were due, whatever was told first', () => {
  const facts = factsOf(wrote('late', 30, 40, 'ok'), wrote('early', 10, 90, 'ok'), wrote('middle', 20, 30, 'ok'))
  expect(ops(facts.writes)).toEqual(['early', 'middle', 'late'])
})

test('lost ones come by when they were acknowledged', () => {
  const facts = factsOf(wrote('a', 10, 90, 'ok'), wrote('b', 20, 30, 'ok'), wrote('c', 30, 40, 'ok'))
  expect(ops(lostWrites(facts))).toEqual(['b', 'c', 'a'])
})

test('of what was sent and never answered nothing is known; what was never sent is that', () => {
  const { writes } = factsOf(wrote('open', 10, null, 'ok'), wrote('kept', 20, null, 'unsent'))
  expect(writes.map(({ outcome, invokedUs }) => [outcome, invokedUs])).toEqual([
    ['unknown', 10_000],
    ['unsent', null],
  ])
})

test('what is there and was never sent, by nobody or by us, is a phantom', () => {
  const facts = factsOf(
    wrote('kept', 20, null, 'unsent'),
    wrote('ok', 30, 31, 'ok'),
    ['kept', 'ok', 'x'].map((op) => found(op)),
  )
  expect(facts.phantoms).toEqual(['kept', 'x'])
})

describe('what became of writes', () => {
  const facts = factsOf(
    ...(['ok', 'failed', 'unknown'] as const).flatMap((outcome) =>
      [0, 1, 2].flatMap((copies) => {
        const op = `${outcome}-${copies}`
        return [wrote(op, 10, 20, outcome), copies === 0 ? [] : [found(op, copies)]]
      }),
    ),
  )

  test('recovered is what was unknown, and is there', () => {
    expect(ops(recoveredWrites(facts))).toEqual(['unknown-1', 'unknown-2'])
  })

  test('resurrected is what was refused, and is there', () => {
    expect(ops(resurrectedWrites(facts))).toEqual(['failed-1', 'failed-2'])
  })
})

describe('the recovery point', () => {
  test('of nothing lost is 0', () => {
    expect(recoveryPointUs(factsOf(wrote('a', 10, 20, 'ok'), found('a')))).toBe(0)
  })

  test('counts what survived that was acknowledged in the very moment of the first loss', () => {
    const at = (keptMs: number) =>
      recoveryPointUs(factsOf(wrote('kept', 10, keptMs, 'ok'), wrote('lost', 11, 50, 'ok'), found('kept')))
    expect([at(49), at(50), at(51)]).toEqual([1_000, 0, null])
  })
})
