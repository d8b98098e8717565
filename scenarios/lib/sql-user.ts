import { sleep } from 'k6'
import type { Options } from 'k6/options'
import sql, { type Database } from 'k6/x/sql'
import driver from 'k6/x/sql/driver/pgx'
import squall from 'k6/x/squall'
import { describeThrown, inOrder, slotRandom } from './slots.ts'
import type { SqlWorkload, StatementUse } from './sql.ts'
import { classifyRows, classifySqlError, isRefusedForNow } from './sql-outcome.ts'
import type { Memory } from './workload.ts'

/** Attempts at a user's first connection, as for a session (user.ts). */
const openingAttempts = 3
const openingPauseS = 0.5

export function options(): Options {
  return squall.options()
}

/** The function that k6 runs once for each user: it opens a connection and sends statements until the run ends. */
export function userOf(workload: SqlWorkload): () => void {
  const uses = inOrder(workload.name, workload.statements, squall.tools)
  const { join, ready, failed, callTimeoutMs } = squall
  // One handle a user, with one connection at most; without idle ones each statement opens its own and closes it.
  const limits = { max_open_conns: 1, max_idle_conns: workload.connections === 'held' ? 1 : 0 }
  return () => {
    join()
    const database = sql.open(driver, squall.target(), limits)
    const trouble = connect(database, callTimeoutMs)
    if (trouble === null ? ready() : failed(trouble)) sendStatements(uses, database)
    database.close()
  }
}

/**
 * null: the database answers. One that has no connection left for this user answers too: the user's calls try again,
 * and are recorded as refused.
 */
function connect(database: Database, timeoutMs: number): string | null {
  let trouble = ''
  for (let attempt = 1; attempt <= openingAttempts; attempt++) {
    try {
      database.execWithTimeout(`${timeoutMs}ms`, 'select 1')
      return null
    } catch (thrown) {
      trouble = String(thrown)
      if (isRefusedForNow(trouble)) return null
      if (attempt < openingAttempts) sleep(openingPauseS)
    }
  }
  return classifySqlError(trouble).detail ?? trouble
}

function sendStatements(uses: StatementUse[], database: Database): void {
  const { next, begin, end, remainingMs } = squall
  const random = slotRandom(squall.random)
  const memory: Memory = {}
  for (let number = next(); number >= 0; number = next()) {
    try {
      const use = uses[number] as StatementUse
      const args = use.arguments === undefined ? [] : use.arguments(random, memory)
      begin()
      let rows = 0
      try {
        // By exec, for selects too: k6/x/sql's query() takes what a lost connection cut short for the whole result.
        rows = database.execWithTimeout(`${remainingMs()}ms`, use.sql, ...args).rowsAffected()
      } catch (thrown) {
        const { outcome, detail } = classifySqlError(String(thrown), use.expect)
        end(outcome, detail)
        continue
      }
      const { outcome, detail } = classifyRows(rows, use.expect)
      end(outcome, detail)
    } catch (thrown) {
      end('generator_error', describeThrown(thrown))
    }
  }
}
