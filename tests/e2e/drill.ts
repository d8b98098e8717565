import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { addressesOf } from './run-addresses.ts'
import type { SquallProcess } from './squall-process.ts'

/** A row of the ledger's stream. */
export type LedgerLine = readonly [
  tUs: number,
  edge: string,
  via: string,
  op: string,
  data: { outcome?: string; copies?: number },
]
export type TimelineLine = readonly [tUs: number, kind: string, id: string, data: { edge?: string; step?: string }]

/** The rows of a stream, as far as it is written. */
export function rowsOf<Row>(squall: SquallProcess, name: string): Row[] {
  if (!existsSync(join(squall.out, name))) return []
  return squall
    .text(name)
    .split('\n')
    .filter((line) => line.startsWith('[') && line.endsWith(']'))
    .map((line) => JSON.parse(line) as Row)
}

/** Waits until the timeline has such a row; bounded by the run's own end. */
export async function timelineHas(squall: SquallProcess, isIt: (row: TimelineLine) => boolean): Promise<void> {
  while (!rowsOf<TimelineLine>(squall, 'timeline.ndjson').some(isIt)) {
    if (squall.child.exitCode !== null) throw new Error(`it never came:\n${squall.stderr}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** A connection of the test's own to a node of the run, in the system's database. */
export async function connectTo(squall: SquallProcess, node: string): Promise<pg.Client> {
  const { portOf, urlAt } = await addressesOf(squall.out)
  const client = new pg.Client({
    connectionString: urlAt(portOf(node), 'customer_success'),
    application_name: 'squall test',
  })
  await client.connect()
  return client
}

/** Writes by SQL that were acknowledged by then (µs of run time), by name. */
export function acknowledged(rows: readonly LedgerLine[], untilUs: number): ReadonlySet<string> {
  return new Set(
    rows
      .filter(
        ([tUs, edge, via, , data]) => edge === 'complete' && via === 'sql' && data.outcome === 'ok' && tUs < untilUs,
      )
      .map(([, , , op]) => op),
  )
}

/** Written by SQL before that. */
export function sentBy(rows: readonly LedgerLine[], untilUs: number): ReadonlySet<string> {
  const sent = rows.filter(([tUs, edge, via]) => edge === 'invoke' && via === 'sql' && tUs < untilUs)
  return new Set(sent.map(([, , , op]) => op))
}

/** What a fail-over lost by SQL, as told by the run, and as the new primary itself showed while it ran. */
export interface Losses {
  readonly told: readonly string[]
  readonly shown: readonly string[]
}

/** Names of what the new primary holds of the ledger, asked for by the test itself as soon as the route leads there. */
export async function survivors(squall: SquallProcess, client: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ op: string }>('select op from squall_ledger.writes')
  if (rows.length === 0) throw new Error(`the new primary holds nothing:\n${squall.stderr}`)
  return new Set(rows.map(({ op }) => op))
}

/** Of a run that has ended. `routedUs`: what was acknowledged before is on the new primary by then, or lost. */
export function lossesOf(squall: SquallProcess, survived: ReadonlySet<string>, routedUs: number): Losses {
  const ledger = rowsOf<LedgerLine>(squall, 'ledger.ndjson')
  const present = new Set(ledger.filter(([, edge, via]) => edge === 'present' && via === 'sql').map(([, , , op]) => op))
  return {
    told: [...acknowledged(ledger, Number.POSITIVE_INFINITY)].filter((op) => !present.has(op)).toSorted(),
    shown: [...acknowledged(ledger, routedUs)].filter((op) => !survived.has(op)).toSorted(),
  }
}
