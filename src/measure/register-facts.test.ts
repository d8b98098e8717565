import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../record/reader-rows.ts'
import { registerFacts, staleness } from './register-facts.ts'

const s = 1_000_000
const row = (edge: string, data: LedgerRow['data'], op: string | null = 'u1', tUs = 0): LedgerRow => ({
  ...{ tUs, edge, via: 'update', op, data },
})
const seenBy = (node: unknown, sent: unknown, seen: unknown): LedgerRow => row('seen', { node, sent, seen }, null)

/** An update that was acknowledged at `atUs`, and is in its register. */
const update = (op: string, atUs: number, register: number, at: number): LedgerRow[] => [
  row('invoke', { intended: atUs - 1_000 }, op, atUs - 1_000),
  row('complete', { outcome: 'ok', register, after: null }, op, atUs),
  row('present', { copies: 1, register, at }, op, 63 * s),
]

describe('a row of the ledger that is malformed in one field alone tells nothing', () => {
  it.each<[string, LedgerRow, boolean]>([
    ['whole', row('present', { register: 0, at: 3 }), true],
    ['of another step', row('complete', { register: 0, at: 3 }), false],
    ['without a register', row('present', { register: '0', at: 3 }), false],
    ['without its turn', row('present', { register: 0, at: '3' }), false],
    ['without an update', row('present', { register: 0, at: 3 }, null), false],
    ['of the inserts', { ...row('present', { register: 0, at: 3 }), via: 'sql' }, false],
  ])('of where an update is: %s', (_why, one, isTold) => {
    expect([...registerFacts([one]).places]).toEqual(isTold ? [['u1', { register: 0, at: 3 }]] : [])
  })

  it.each<[string, LedgerRow, readonly (readonly [string, string | null])[]]>([
    ['whole', row('complete', { after: 'u0' }), [['u1', 'u0']]],
    ['the first of its register', row('complete', { after: null }), [['u1', null]]],
    ['of another step', row('invoke', { after: 'u0' }), []],
    ['of no text', row('complete', { after: 0 }), []],
    ['without it', row('complete', {}), []],
  ])('of what an update was made on: %s', (_why, one, told) => {
    expect([...registerFacts([one]).after]).toEqual(told)
  })

  it.each<[string, LedgerRow, asked: number, read: number]>([
    ['whole', seenBy('replica', 1, []), 1, 1],
    ['that was not answered', seenBy('replica', 1, undefined), 1, 0],
    ['of nobody', seenBy(7, 1, []), 0, 0],
    ['at no time', seenBy('replica', '1', []), 0, 0],
    ['of another step', row('present', { node: 'replica', sent: 1, seen: [] }), 0, 0],
  ])('of a look at a replica: %s', (_why, one, asked, read) => {
    const facts = registerFacts([one])
    expect([facts.asked.length, facts.reads.length]).toEqual([asked, read])
  })

  it('of what a replica showed', () => {
    const whole = [
      [0, 'u1'],
      [1, null],
    ]
    const broken = ['u1', ['0', 'u1'], ['0', null], [2, 7], [3], [4, undefined, 'u1'], null]
    const [read] = registerFacts([seenBy('replica', 1, [...broken, ...whole])]).reads
    expect(read?.seen).toEqual(whole)
  })
})

it('looks at replicas are in order of when they were asked', () => {
  const rows = [seenBy('a', 3, []), seenBy('b', 1, []), seenBy('c', 2, [])]
  expect(registerFacts(rows).reads.map(({ node, sentUs }) => [node, sentUs])).toEqual([
    ['b', 1],
    ['c', 2],
    ['a', 3],
  ])
})

describe('what a replica should have shown', () => {
  const lackedOf = (rows: readonly LedgerRow[], sentUs: number, seen: unknown) =>
    staleness(registerFacts([...rows, seenBy('replica', sentUs, seen)]), s).map(({ lacked }) => lacked)

  it('is what was acknowledged as long before as the limit, to the µs', () => {
    const rows = update('u1', 5 * s, 0, 1)
    expect(lackedOf(rows, 6 * s, [[0, null]])).toEqual([{ op: 'u1', ageUs: s }])
    // Nothing is due of it: such a look tells nothing.
    expect(lackedOf(rows, 6 * s - 1, [[0, null]])).toEqual([])
    expect(lackedOf(rows, 6 * s, [[0, 'u1']])).toEqual([null])
  })

  it('is all of a register of which it had nothing, the oldest first', () => {
    const rows = [...update('u1', 5 * s, 0, 1), ...update('u2', 6 * s, 0, 2)]
    expect(lackedOf(rows, 9 * s, [[0, null]])).toEqual([{ op: 'u1', ageUs: 4 * s }])
    expect(lackedOf(rows, 9 * s, [[0, 'u1']])).toEqual([{ op: 'u2', ageUs: 3 * s }])
  })

  it('is, of several registers, what was acknowledged longest before; of two alike the one that is told first', () => {
    const seen = [
      [0, null],
      [1, null],
    ]
    const later = [...update('a', 6 * s, 0, 1), ...update('b', 5 * s, 1, 1)]
    expect(lackedOf(later, 9 * s, seen)).toMatchObject([{ op: 'b' }])
    const alike = [...update('a', 5 * s, 0, 1), ...update('b', 5 * s, 1, 1)]
    expect(lackedOf(alike, 9 * s, seen)).toMatchObject([{ op: 'a' }])
  })

  it('is not told by one whose branch goes round in a circle', () => {
    const circle = [row('complete', { after: 'x2' }, 'x1'), row('complete', { after: 'x1' }, 'x2')]
    expect(lackedOf([...update('u1', 5 * s, 0, 1), ...circle], 9 * s, [[0, 'x1']])).toEqual([])
  })
})
