import { Failure } from '../failure.ts'
import type { Connection, Row, Statement, Value } from '../pool/connection.ts'

let statementCount = 0

/** A prepared statement; call once per text, when a module loads. */
export function sql(text: string): Statement {
  statementCount += 1
  const [kind = 'other'] = text.trim().toLowerCase().split(/\s/)
  return { name: `s${statementCount}`, text, kind }
}

const control = (text: string): Statement => ({ ...sql(text), kind: 'transaction' })
// Repeatable read: the statements of one answer see one moment, so that its sums and lists agree.
const beginRead = control('begin transaction isolation level repeatable read read only')
const beginWrite = control('begin transaction isolation level read committed')
const commit = control('commit')
const rollback = control('rollback')

export type Access = 'read' | 'write'

/** The statements of one tool call; all in one transaction on one connection. */
export class Transaction {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  rows(statement: Statement, ...values: readonly Value[]): Promise<readonly Row[]> {
    return this.#connection.query(statement, values)
  }

  /** The first row, or undefined when there is none. */
  async first(statement: Statement, ...values: readonly Value[]): Promise<Row | undefined> {
    const [row] = await this.rows(statement, ...values)
    return row
  }

  /** The row of a statement that always has one, such as an aggregate. */
  async row(statement: Statement, ...values: readonly Value[]): Promise<Row> {
    const row = await this.first(statement, ...values)
    if (row === undefined) throw new Failure('internal_error', `statement ${statement.name} gave no row`)
    return row
  }
}

/**
 * BEGIN, work, COMMIT; ROLLBACK when work throws. A connection that could not be rolled back is destroyed, so that no
 * later caller finds a transaction open. A COMMIT without an answer may have happened: the failure says so.
 */
export async function inTransaction<T>(
  connection: Connection,
  access: Access,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let result: T
  try {
    await connection.query(access === 'read' ? beginRead : beginWrite, [])
    result = await work(new Transaction(connection))
  } catch (error) {
    await rollBack(connection)
    throw error
  }
  try {
    await connection.query(commit, [])
  } catch (error) {
    if (!connection.broken) await rollBack(connection)
    throw access === 'write' && connection.broken ? unknownOutcome(error) : error
  }
  return result
}

async function rollBack(connection: Connection): Promise<void> {
  if (connection.broken) return
  try {
    await connection.query(rollback, [])
  } catch {
    connection.destroy()
  }
}

function unknownOutcome(error: unknown): unknown {
  if (!(error instanceof Failure)) return error
  const message = `${error.message}; COMMIT had been sent, so the write may or may not have happened`
  return new Failure(error.code, message, { ...error.detail, outcome: 'unknown' }, error)
}
