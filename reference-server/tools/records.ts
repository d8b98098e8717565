import { Failure } from '../failure.ts'
import type { Row, Statement, Value } from '../pool/connection.ts'
import { sql, type Transaction } from './transaction.ts'

const customerHead = sql(
  `select id as customer_id, code, name, segment, status, tier, owner_id, health_score, arr_cents, version
   from customers where id = $1`,
)
const audit = sql(
  `insert into audit_log (customer_id, entity, entity_id, action, actor_id, detail, created_at)
   values ($1, $2, $3, $4, $5, $6, now()) returning id as audit_id`,
)

/** The customer that a tool was asked about; `not_found` when there is none. */
export async function customerOf(transaction: Transaction, customerId: number): Promise<Row> {
  return found(await transaction.first(customerHead, customerId), 'customer', customerId)
}

export function found(row: Row | undefined, entity: string, id: number): Row {
  if (row !== undefined) return row
  throw new Failure('not_found', `there is no ${entity} ${id}`, { entity, id })
}

interface AuditEntry {
  readonly customerId: unknown
  readonly entity: string
  readonly entityId: unknown
  readonly action: 'create' | 'update' | 'close'
  readonly actorId: number
  readonly detail: string
}

/** Writes down who did what; returns the entry's id. */
export async function record(transaction: Transaction, entry: AuditEntry): Promise<unknown> {
  const { customerId, entity, entityId, action, actorId, detail } = entry
  const row = await transaction.row(audit, Number(customerId), entity, Number(entityId), action, actorId, detail)
  return row.audit_id
}

/** Optimistic locking on one table: an update that names the version it read, and why it did not apply. */
export class Versioned {
  readonly #entity: string
  readonly #update: Statement
  readonly #current: Statement

  /**
   * `assignments` sets columns from $3 on; $1 is the id, $2 the version read. `returning` must name all that the
   * answer shows, except `version`, which is added.
   */
  constructor(entity: string, table: string, assignments: string, returning: string) {
    this.#entity = entity
    this.#update = sql(
      `update ${table} set ${assignments}, version = version + 1
       where id = $1 and version = $2 returning ${returning}, version`,
    )
    this.#current = sql(`select version from ${table} where id = $1`)
  }

  async change(transaction: Transaction, id: number, version: number, ...values: readonly Value[]): Promise<Row> {
    const row = await transaction.first(this.#update, id, version, ...values)
    if (row !== undefined) return row
    const current = found(await transaction.first(this.#current, id), this.#entity, id)
    const message = `${this.#entity} ${id} is at version ${current.version}, not ${version}: read it again`
    throw new Failure('version_conflict', message, {
      entity: this.#entity,
      id,
      given_version: version,
      current_version: current.version,
    })
  }
}
