import pg from 'pg'
import type { RunSql, SqlRow } from '../domain/backup.ts'
import type { Clock } from '../domain/clock.ts'
import { type DatabaseControl, type FaultSetting, faultApplication, faultSettings } from '../domain/node-control.ts'
import { endSessions } from '../keeper/undo-database.ts'

/** To connect, on loopback some ms; a database under load and a fault may take a while. Applying a fault has 5 s. */
const connectMsMax = 4_000
/** One statement: the longest that a fault asks for is a round of forced deadlocks, 5 s. */
const statementMsMax = 10_000
/** After a session was told to end it rolls back, which takes some ms. */
const releaseMsMax = 3_000
const pollMs = 10
/** A session whose client is gone is ended after this, though it is in the middle of a statement. */
const clientCheckMs = 500

const tooManyConnections = '53300'

export interface DatabasePlace {
  /** postgres://…, straight and past every proxy. */
  readonly superuserUrl: string
  readonly applicationUrl: string
}

/** One fault's hold on one database. */
export function controlDatabase(place: DatabasePlace, injectionId: string, clock: Clock): DatabaseControl {
  return new Hold(place, injectionId, clock)
}

class Hold implements DatabaseControl {
  readonly #place: DatabasePlace
  readonly #application: string
  readonly #clock: Clock
  readonly #open = new Set<pg.Client>()
  readonly #changed = new Set<FaultSetting>()
  /** Sessions that we have left, at a deadline of ours, may still be there. */
  #hasActed = false
  #isReleased = false

  constructor(place: DatabasePlace, injectionId: string, clock: Clock) {
    this.#place = place
    this.#application = faultApplication(injectionId)
    this.#clock = clock
  }

  async run(sql: string): Promise<readonly SqlRow[]> {
    const client = await this.#connect(this.#place.superuserUrl, this.#application)
    try {
      return lastRows(await client.query(sql))
    } finally {
      this.#close(client)
    }
  }

  async transaction(work: (run: RunSql) => Promise<void>): Promise<void> {
    const client = await this.#connect(this.#place.superuserUrl, this.#application)
    try {
      await client.query('begin')
      await work(async (sql) => lastRows(await client.query(sql)))
      await client.query('commit')
    } finally {
      // One that was not committed is rolled back with its session.
      this.#close(client)
    }
  }

  async hold(statements: readonly string[], login: 'superuser' | 'application'): Promise<void> {
    const { superuserUrl, applicationUrl } = this.#place
    const client = await this.#connect(login === 'superuser' ? superuserUrl : applicationUrl, this.#application)
    try {
      for (const statement of statements) await client.query(statement)
    } catch (error) {
      this.#close(client)
      throw error
    }
  }

  async setting(name: FaultSetting, value: string): Promise<void> {
    this.#changed.add(name)
    await this.#asOperator(async (client) => {
      await client.query(`alter system set ${name} = ${client.escapeLiteral(value)}`)
      await client.query('select pg_reload_conf()')
    })
  }

  async release(): Promise<void> {
    // What was abandoned half-way must take nothing after this.
    this.#isReleased = true
    for (const client of [...this.#open]) this.#close(client)
    if (!this.#hasActed) return
    await this.#asOperator(async (client) => {
      for (const name of faultSettings.filter((one) => this.#changed.has(one)))
        await client.query(`alter system reset ${name}`)
      if (this.#changed.size > 0) await client.query('select pg_reload_conf()')
      await endSessions(client, this.#application, releaseMsMax, this.#clock)
    })
    this.#changed.clear()
  }

  /** On a connection that is not among those to be ended. */
  async #asOperator(work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = await this.#connectAsOperator()
    try {
      await work(client)
    } finally {
      this.#close(client)
    }
  }

  /** Where we have taken the last slot ourselves, one is free a moment after we have let go. */
  async #connectAsOperator(): Promise<pg.Client> {
    const endUs = this.#clock.monotonicUs() + releaseMsMax * 1_000
    for (;;) {
      try {
        return await this.#connect(this.#place.superuserUrl, 'squall operator')
      } catch (error) {
        const isFull = error instanceof pg.DatabaseError && error.code === tooManyConnections
        if (!isFull || this.#clock.monotonicUs() > endUs) throw error
        await this.#clock.sleep(pollMs)
      }
    }
  }

  async #connect(url: string, application: string): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      application_name: application,
      connectionTimeoutMillis: connectMsMax,
      query_timeout: statementMsMax,
      options: `-c client_connection_check_interval=${clientCheckMs}`,
      types: { getTypeParser: () => asText },
    })
    const forget = (): boolean => this.#open.delete(client)
    client.on('error', forget)
    client.once('end', forget)
    this.#hasActed = true
    if (application === this.#application) {
      if (this.#isReleased) throw new Error(`${application} has been released`)
      this.#open.add(client)
    }
    try {
      await client.connect()
      return client
    } catch (error) {
      this.#close(client)
      throw error
    }
  }

  /** Without waiting for a goodbye, which may not get through. */
  #close(client: pg.Client): void {
    this.#open.delete(client)
    client.end().catch(() => undefined)
    client.connection.stream.destroy()
  }
}

function asText(value: unknown): unknown {
  return value
}

/** Several statements in one text give several results. */
function lastRows(result: pg.QueryResult | pg.QueryResult[]): Record<string, string | null>[] {
  return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
}
