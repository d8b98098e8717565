import { expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { readDatabaseFlag } from './database-flag.ts'
import { readPassword } from './find-beside.ts'

const planWith = (node: object) =>
  ({ stack: { nodes: { store: { id: 'store', role: 'postgres', ...node } } } }) as unknown as Pick<Plan, 'stack'>
const outside = planWith({ url: 'postgres://127.0.0.1/x', passwordEnv: 'WORD' })

test.each<[why: string, plan: Pick<Plan, 'stack'>, typed: string | null, environment: object, password: string | null]>(
  [
    ['the variable that the plan names', outside, null, { WORD: 'hunter2' }, 'hunter2'],
    ['what was typed goes before', outside, 'typed', { WORD: 'hunter2' }, 'typed'],
    ['none, where PGPASSWORD is left to the driver', planWith({ url: 'postgres://x/y' }), null, {}, null],
    ['none of a database of our own', planWith({ url: null }), null, {}, null],
  ],
)('the password is %s', (_why, plan, typed, environment, password) => {
  expect(readPassword(plan, typed, { ...environment })).toEqual({ password, problems: [] })
})

test('a variable that holds nothing is a problem', () => {
  expect(readPassword(outside, null, { WORD: '' }).problems).toMatchObject([
    { path: 'stack.nodes.store.password', received: 'no value in WORD' },
  ])
})

test.each([
  ['postgres://me:hun%2Fter2@127.0.0.1:5433/x', 'postgres://me@127.0.0.1:5433/x', 'hun/ter2'],
  ['postgres://me@127.0.0.1/x', 'postgres://me@127.0.0.1/x', null],
  ['nonsense', 'nonsense', null],
])('of %s the address goes into the plan, and the password does not', (text, url, password) => {
  expect(readDatabaseFlag(text)).toEqual({ url, password })
})

test('a password with a % that begins no code is one clear problem (64), which does not repeat it', () => {
  const read = () => readDatabaseFlag('postgres://me:100%hunter2@127.0.0.1/x')
  expect(read).toThrow(expect.objectContaining({ exitCode: 64, message: expect.stringContaining('%25') }))
  expect(read).not.toThrow('hunter2')
})
