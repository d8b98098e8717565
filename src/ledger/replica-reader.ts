import type { Clock } from '../domain/clock.ts'
import { type Sampler, sampleEvery } from '../observe/every.ts'
import type { LedgerRecord, ReplicaRead } from './record.ts'
import { registersAt } from './registers.ts'
import { SqlConnection, textOf } from './sql-connection.ts'

/** A follower that is asked for the newest updates, straight and past every proxy. */
export interface ReadDatabase {
  readonly id: string
  readonly url: string
}

export interface ReaderSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly database: ReadDatabase
  readonly everyMs: number
  /** Id of the one that takes writes now, which is no replica. */
  readonly primary: () => string
  readonly record: LedgerRecord
  readonly onError: (error: unknown) => void
}

const question = `select id, updates[cardinality(updates)] as op, pg_is_in_recovery() as follows
  from unnest($1::int[]) as asked (id) left join squall_ledger.registers using (id)`

/** Asks it again and again, as long as it follows; every answer, and every missing one, is recorded. */
export function readReplica({ clock, t0Us, database, everyMs, primary, record, onError }: ReaderSpec): Sampler {
  const connection = new SqlConnection(database.url)
  const look = async (sentUs: number): Promise<ReplicaRead['seen'] | null> => {
    try {
      const client = await connection.client()
      const asked = [registersAt(sentUs - t0Us)]
      const { rows } = await client.query<{ id: number; op: string | null; follows: boolean }>(question, asked)
      return rows.every(({ follows }) => follows) ? rows.map(({ id, op }) => [id, op] as const) : null
    } catch (error) {
      connection.close()
      return textOf(error)
    }
  }
  const sample = async (): Promise<void> => {
    if (primary() === database.id) return
    const sentUs = clock.monotonicUs()
    const seen = await look(sentUs)
    if (seen !== null) record.seen(clock.monotonicUs(), { node: database.id, sentUs, seen })
  }
  const sampler = sampleEvery(clock, everyMs, sample, onError)
  const stop = async (): Promise<void> => {
    await sampler.stop()
    connection.close()
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
