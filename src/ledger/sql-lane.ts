import type { WriteLane } from './open-model.ts'
import type { WriteEnd } from './record.ts'
import { answerMsMax, connectMsMax, newClient, SqlConnection } from './sql-connection.ts'

/** As long as a lane may be taken by one write. */
export const sqlPatienceMs = connectMsMax + answerMsMax

/** In the database that the system uses: what is restored of that one, is restored of these. */
const prepare = `
  create schema if not exists squall_ledger;
  create table if not exists squall_ledger.writes (op text not null);
  create table if not exists squall_ledger.registers
    (id int primary key, version int not null, updates text[] not null);
  truncate squall_ledger.writes, squall_ledger.registers`
// No unique key: whoever writes one twice is to be found.
const insert = 'insert into squall_ledger.writes (op) values ($1)'
export const sqlSurvivors = 'select op, count(*)::int as copies from squall_ledger.writes group by op'

/** Makes the ledger's own tables, empty: the writes of a run before have the same names. Rejects with the database's error. */
export async function prepareSqlLedger(url: string): Promise<void> {
  const client = newClient(url)
  try {
    await client.connect()
    await client.query(prepare)
  } finally {
    client.end().catch(() => undefined)
  }
}

/** Straight to the database. */
export class SqlLane implements WriteLane {
  readonly #connection: SqlConnection

  constructor(url: string) {
    this.#connection = new SqlConnection(url)
  }

  write(op: string): Promise<WriteEnd> {
    return this.#connection.attempt(async (client) => {
      await client.query(insert, [op])
      return 'done'
    })
  }

  close(): void {
    this.#connection.close()
  }
}
