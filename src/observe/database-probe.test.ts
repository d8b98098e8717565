import { expect, it } from 'vitest'
import { classifyDatabaseError, databaseTarget } from './database-probe.ts'

const coded = (code: string) => Object.assign(new Error('no'), { code })

it.each([
  ['refused', coded('ECONNREFUSED')],
  ['reset', coded('ECONNRESET')],
  ['reset', coded('EPIPE')],
  ['timeout', coded('ETIMEDOUT')],
  ['database', coded('53300')],
  ['database', coded('57P01')],
  ['closed', new Error('Connection terminated unexpectedly')],
  ['closed', new Error('Client has encountered a connection error and is not queryable')],
  ['timeout', new Error('timeout expired')],
  ['other', new Error('who knows')],
])('%s: %s', (kind, error) => {
  expect(classifyDatabaseError(error)).toBe(kind)
})

it.each([
  ['a statement that is refused', '25006', false],
  ['an end by the administrator', '57P01', true],
  ['a socket that broke', 'EPIPE', true],
])('%s ends the connection: %s %s', (_, code, isBroken) => {
  expect(databaseTarget('postgres://localhost/x').isBrokenBy(coded(code))).toBe(isBroken)
})
