import { describe, expect, test } from 'vitest'
import workload from '../database-direct.ts'
import { made } from './planned.ts'
import type { Json, Random } from './workload.ts'

const least: Random = { next: () => 0, int: (min) => min, pick: (items) => items[0] as (typeof items)[number] }

function problemsOf(words: Json): readonly string[] {
  const found = workload.fromPlan(words as Parameters<typeof workload.fromPlan>[0])
  return 'name' in found ? [] : found.map(({ path, expected }) => `${path}: ${expected}`)
}

describe('database-direct', () => {
  test('statements with what they are given and what they should give', () => {
    const { statements, connections, prepares } = made(workload, {
      connections: 'each-call',
      statements: {
        one: { sql: 'select $1, $2', arguments: [{ int: [4, 9] }, 'text'], expect: { rows: 1, sqlstates: ['40001'] } },
      },
    })
    const [one] = statements
    expect({ connections, prepares }).toEqual({ connections: 'each-call', prepares: false })
    expect(one?.arguments?.(least, {})).toEqual([4, 'text'])
    expect(one?.expect).toEqual({ rows: { min: 1, max: 1 }, sqlstates: ['40001'] })
    expect(one?.weight).toBe(1)
  })

  test('connections are held unless the plan says otherwise', () => {
    expect(made(workload, { statements: { one: { sql: 'select 1' } } }).connections).toBe('held')
  })

  test.each([
    ['nothing to send', {}, /^statements: at least one statement/],
    ['no SQL', { statements: { a: {} } }, /^statements\.a\.sql: a text/],
    ['an argument too few', { statements: { a: { sql: 'select $1, $2', arguments: [1] } } }, /2 arguments/],
    ['an argument too many', { statements: { a: { sql: 'select 1', arguments: [1] } } }, /0 arguments/],
    [
      'a way of connecting that there is not',
      { connections: 'pooled', statements: { a: { sql: 'x' } } },
      /^connections: one of/,
    ],
    ['a SQLSTATE that is none', { statements: { a: { sql: 'x', expect: { sqlstates: [23505] } } } }, /sqlstates\[0\]/],
    ['rows that are no number', { statements: { a: { sql: 'x', expect: { rows: 'many' } } } }, /expect\.rows/],
  ])('%s is refused', (_, words, says) => {
    expect(problemsOf(words as Json)).toEqual(expect.arrayContaining([expect.stringMatching(says)]))
  })
})
