import { describe, expect, test } from 'vitest'
import { classifyRows, classifySqlError, isRefusedForNow } from './sql-outcome.ts'

/** Texts as pgx 5.12 gives them through k6/x/sql. */
const table: readonly [why: string, text: string, outcome: string, detail: string][] = [
  [
    'no slot left: one kind of its own, whatever the address',
    'GoError: failed to connect to `user=app database=shop`: 127.0.0.1:5432 (127.0.0.1): server error: FATAL: sorry, too many clients already (SQLSTATE 53300)',
    'application_error',
    '53300 sorry, too many clients already',
  ],
  [
    'the database refuses a statement',
    'GoError: ERROR: relation "x" does not exist (SQLSTATE 42P01)',
    'application_error',
    '42P01 relation "x" does not exist',
  ],
  [
    'its own limit ended the statement',
    'GoError: ERROR: canceling statement due to statement timeout (SQLSTATE 57014)',
    'application_error',
    '57014 canceling statement due to statement timeout',
  ],
  [
    'nobody listens',
    'GoError: failed to connect to `user=app database=shop`: 127.0.0.1:5432 (127.0.0.1): dial error: dial tcp 127.0.0.1:5432: connect: connection refused',
    'transport',
    'dial error: connect: connection refused',
  ],
  [
    'each address that was tried, once',
    'GoError: failed to connect to `user=app database=shop`:\n\t127.0.0.1:5432 (127.0.0.1): dial error: dial tcp 127.0.0.1:5432: connect: connection refused\n\t127.0.0.1:5432 (127.0.0.1): dial error: dial tcp 127.0.0.1:5432: connect: connection refused',
    'transport',
    'dial error: connect: connection refused',
  ],
  [
    'the connection broke',
    'GoError: read tcp 127.0.0.1:40112->127.0.0.1:5432: read: connection reset by peer',
    'transport',
    'read: connection reset by peer',
  ],
  ['our own limit', 'GoError: timeout: context deadline exceeded', 'timeout', 'timeout: context deadline exceeded'],
  ['nothing said', '', 'transport', 'no answer'],
]

describe('classifySqlError', () => {
  test.each(table)('%s', (_, text, outcome, detail) => {
    expect(classifySqlError(text)).toEqual({ outcome, detail })
  })

  test('a SQLSTATE that the plan takes for normal', () => {
    const text = 'GoError: ERROR: duplicate key (SQLSTATE 23505)'
    expect(classifySqlError(text, { sqlstates: ['23505'] })).toEqual({ outcome: 'expected' })
    expect(classifySqlError(text, { sqlstates: ['40001'] }).outcome).toBe('application_error')
  })

  test('a database that has no room for now is there', () => {
    expect(isRefusedForNow('x (SQLSTATE 53300)')).toBe(true)
    expect(isRefusedForNow('password authentication failed (SQLSTATE 28P01)')).toBe(false)
    expect(isRefusedForNow('connection refused')).toBe(false)
  })
})

test('rows that a statement gives are held against what was expected', () => {
  expect(classifyRows(0)).toEqual({ outcome: 'ok' })
  expect(classifyRows(1, { rows: { min: 1, max: 1 } })).toEqual({ outcome: 'ok' })
  expect(classifyRows(0, { rows: { min: 1, max: 1 } })).toEqual({
    outcome: 'wrong_answer',
    detail: '0 rows, expected 1 to 1',
  })
  expect(classifyRows(0, { rows: { min: 1, max: Number.MAX_SAFE_INTEGER } }).detail).toBe('0 rows, expected 1 or more')
})
