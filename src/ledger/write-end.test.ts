import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { endOfError } from './sql-connection.ts'
import { endOfAnswer } from './tool-lane.ts'

function refused(code: string): Error {
  const error = new pg.DatabaseError('no', 2, 'error')
  error.code = code
  return error
}

describe('a write by SQL that ended with an error', () => {
  it.each([
    ['40001', 'failed', 'rolled back, to be tried again'],
    ['40P01', 'failed', 'rolled back, to break a deadlock'],
    ['23505', 'failed', 'against a constraint'],
    ['25006', 'failed', 'read only'],
    ['53300', 'failed', 'no slot'],
    ['42P01', 'failed', 'no table'],
    ['57P01', 'unknown', 'an operator ended it, perhaps in its commit'],
    ['57014', 'unknown', 'cancelled, perhaps while it waited for a replica'],
    ['08006', 'unknown', 'the connection broke'],
    ['XX000', 'unknown', 'the database does not know itself'],
    ['58030', 'unknown', 'its disk failed'],
  ])('%s: %s (%s)', (code, outcome) => {
    expect(endOfError(refused(code))).toEqual({ outcome, why: code })
  })

  it.each([
    [Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    [new Error('Connection terminated unexpectedly'), 'Connection terminated unexpectedly'],
    [new Error('Query read timeout'), 'Query read timeout'],
  ])('%s: nobody said that it is not done', (error, why) => {
    expect(endOfError(error)).toEqual({ outcome: 'unknown', why })
  })
})

describe('a write by a tool that was answered', () => {
  it.each([
    [200, 'ok', 'ok'],
    [200, 'expected', 'ok'],
    [429, 'rate_limited', 'failed'],
    [404, 'http_error', 'failed'],
    [500, 'http_error', 'unknown'],
    [200, 'tool_error', 'unknown'],
    [200, 'application_error', 'unknown'],
    [200, 'rpc_error', 'unknown'],
    [200, 'wrong_answer', 'unknown'],
  ] as const)('HTTP %i, %s: %s', (status, outcome, end) => {
    expect(endOfAnswer(status, { outcome, detail: 'why' }).outcome).toBe(end)
  })
})
