import { expect, it } from 'vitest'
import { Failure } from '../failure.ts'
import type { Connection, Row, Statement } from '../pool/connection.ts'
import { inTransaction, sql } from './transaction.ts'

const work = sql('select 1')

/** Writes down what it is sent; `fail` decides which statement goes wrong, and whether the connection goes with it. */
class Script implements Connection {
  broken = false
  readonly sent: string[] = []
  readonly #fail: (text: string) => 'fails' | 'breaks' | undefined

  constructor(fail: (text: string) => 'fails' | 'breaks' | undefined = () => undefined) {
    this.#fail = fail
  }

  async query({ text }: Statement): Promise<readonly Row[]> {
    const word = text.split(' ')[0] ?? ''
    this.sent.push(word)
    const failure = this.#fail(word)
    if (failure === 'breaks') this.broken = true
    if (failure !== undefined) throw new Failure('database_unavailable', `${word} went wrong`)
    return [{ one: 1 }]
  }

  async ping(): Promise<void> {}
  onBreak(): void {}
  destroy(): void {
    this.broken = true
  }
  async close(): Promise<void> {}
}

it('is BEGIN, work, COMMIT', async () => {
  const connection = new Script()
  expect(await inTransaction(connection, 'read', (transaction) => transaction.row(work))).toEqual({ one: 1 })
  expect(connection.sent).toEqual(['begin', 'select', 'commit'])
})

it.each([
  ['work is refused', 'select', 'fails', ['begin', 'select', 'rollback'], false],
  ['the connection breaks at work', 'select', 'breaks', ['begin', 'select'], true],
  ['COMMIT is refused', 'commit', 'fails', ['begin', 'select', 'commit', 'rollback'], false],
  ['the connection breaks at BEGIN', 'begin', 'breaks', ['begin'], true],
] as const)('when %s', async (_, at, how, sent, broken) => {
  const connection = new Script((text) => (text === at ? how : undefined))
  const failed = inTransaction(connection, 'write', (transaction) => transaction.row(work))
  await expect(failed).rejects.toThrow(`${at} went wrong`)
  expect(connection.sent).toEqual(sent)
  expect(connection.broken).toBe(broken)
})

it('destroys a connection that it cannot roll back, so that nobody finds it in mid-transaction', async () => {
  const connection = new Script((text) => (text === 'select' || text === 'rollback' ? 'fails' : undefined))
  await expect(inTransaction(connection, 'write', (transaction) => transaction.row(work))).rejects.toThrow('select')
  expect(connection.broken).toBe(true)
})

it('says that a write may have happened when COMMIT has no answer, and only then', async () => {
  const outcomeOf = async (access: 'read' | 'write', at: string): Promise<unknown> => {
    const connection = new Script((text) => (text === at ? 'breaks' : undefined))
    try {
      return await inTransaction(connection, access, (transaction) => transaction.row(work))
    } catch (error) {
      return error instanceof Failure ? error.detail.outcome : error
    }
  }
  expect(await outcomeOf('write', 'commit')).toBe('unknown')
  expect(await outcomeOf('write', 'select')).toBeUndefined()
  expect(await outcomeOf('read', 'commit')).toBeUndefined()
})
