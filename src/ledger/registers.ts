import type { WriteLane } from './open-model.ts'
import type { WriteEnd } from './record.ts'
import { answerMsMax, connectMsMax, SqlConnection } from './sql-connection.ts'

/**
 * A register is one row that holds the names of all updates it has taken, in their order, and how many they are: its
 * version. Each update is made on what its writer has read, by optimistic locking, so that none ever takes the place of
 * another: whatever was acknowledged and is not in the row afterwards is lost, by a fail-over or by another writer.
 */

/** Writers come in twos, both for one register at one moment: the version lets one of them through. */
export const writersAtOnce = 2
/** 50 registers a second are updated: under 20 acknowledged in a second would show no loss. */
export const updatesPerS = 50 * writersAtOnce
const registersAtOnce = 8
/** Then new ones take their place: what is read and written each time stays small. */
const turnsOfOne = 200

/** Connect, read, write. */
export const registerPatienceMs = connectMsMax + 2 * answerMsMax

/** All that takes updates at that time, µs since t0. */
export function registersAt(sinceT0Us: number): readonly number[] {
  const first = generationOf(Math.max(0, Math.floor((sinceT0Us * updatesPerS) / 1_000_000)))
  return Array.from({ length: registersAtOnce }, (_, at) => first + at)
}

export function registerOf(turn: number): number {
  return generationOf(turn) + (Math.floor(turn / writersAtOnce) % registersAtOnce)
}

/** The first register of those that take updates then. */
function generationOf(turn: number): number {
  return Math.floor(turn / (writersAtOnce * registersAtOnce * turnsOfOne)) * registersAtOnce
}

const read = 'select version, updates from squall_ledger.registers where id = $1'
const first = 'insert into squall_ledger.registers (id, version, updates) values ($1, $2, $3) on conflict do nothing'
const next = 'update squall_ledger.registers set version = $2, updates = $3 where id = $1 and version = $2 - 1'
export const registerSurvivors = `select op, 1 as copies, id as register, at::int as at
  from squall_ledger.registers, unnest(updates) with ordinality as one (op, at)`

/** Reads a register and writes it back with one update more. */
export class RegisterLane implements WriteLane {
  readonly #connection: SqlConnection

  constructor(url: string) {
    this.#connection = new SqlConnection(url)
  }

  async write(op: string): Promise<WriteEnd> {
    const register = registerOf(Number(op.slice(1)))
    let after: string | null | undefined
    const end = await this.#connection.attempt(async (client) => {
      const { rows } = await client.query<{ version: number; updates: string[] }>(read, [register])
      const { version, updates } = rows[0] ?? { version: 0, updates: [] }
      after = updates.at(-1) ?? null
      const values = [register, version + 1, [...updates, op]]
      const { rowCount } = await client.query(version === 0 ? first : next, values)
      return rowCount === 1 ? 'done' : { refused: 'version conflict' }
    })
    return after === undefined ? end : { ...end, on: { register, after } }
  }

  close(): void {
    this.#connection.close()
  }
}
