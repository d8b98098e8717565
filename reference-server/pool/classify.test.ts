import pg from 'pg'
import { expect, it } from 'vitest'
import { classify } from './classify.ts'

function fromServer(code: string, message = 'text'): Error {
  const error = new pg.DatabaseError(message, 0, 'error')
  error.code = code
  return error
}

function fromSystem(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code })
}

it.each([
  [fromServer('57014', 'canceling statement due to statement timeout'), 'query_timeout', false, 'the limit we set'],
  [fromServer('57014', 'canceling statement due to user request'), 'query_cancelled', false, 'pg_cancel_backend'],
  [fromServer('57P01'), 'database_unavailable', true, 'pg_terminate_backend or shutdown'],
  [fromServer('57P03'), 'database_unavailable', true, 'starting up'],
  [fromServer('53300'), 'too_many_connections', true, 'no slot'],
  [fromServer('08006'), 'database_unavailable', true, 'connection failure'],
  [fromServer('40P01'), 'deadlock', false, 'retried'],
  [fromServer('40001'), 'deadlock', false, 'retried as well'],
  [fromServer('23503'), 'rejected', false, 'a reference to nothing'],
  [fromServer('22003'), 'rejected', false, 'a number too large'],
  [fromServer('42P01'), 'database_error', false, 'no such table: a defect, but the connection is fine'],
  [fromSystem('ECONNREFUSED'), 'database_unavailable', true, 'nobody listens'],
  [fromSystem('ECONNRESET'), 'database_unavailable', true, 'reset'],
  [new Error('Connection terminated unexpectedly'), 'database_unavailable', true, "the driver's word for a FIN"],
])('%s is %s, breaks the connection: %s (%s)', (error, code, breaksConnection) => {
  const classified = classify(error)
  expect([classified.failure.code, classified.breaksConnection]).toEqual([code, breaksConnection])
})
