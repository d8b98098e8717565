import type { Clock } from '../domain/clock.ts'
import type { LedgerPlan, LedgerVia, RecordedVia } from '../domain/plan.ts'
import type { McpTarget } from '../mcp-client/target.ts'
import type { Sampler } from '../observe/every.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type WriteLane, type Writers, writeOpenly } from './open-model.ts'
import { LedgerRecord, type WriteEnd } from './record.ts'
import { RegisterLane, registerPatienceMs, registerSurvivors, updatesPerS, writersAtOnce } from './registers.ts'
import { type ReadDatabase, readReplica } from './replica-reader.ts'
import { prepareSqlLedger, SqlLane, sqlPatienceMs, sqlSurvivors } from './sql-lane.ts'
import { readSurvivors, type SurvivorsQuery } from './survivors.ts'
import { ToolLane, toolPatienceMs } from './tool-lane.ts'

/** A tool of the workload that leaves one row for each call. */
export interface LedgerTool {
  readonly name: string
  /** `mark` is to be found in the row. */
  arguments(mark: string): object
  /** SQL that gives each mark that begins with `$1`, and how many rows have it: columns `mark` and `copies`. */
  readonly survivors: string
}

/** Where the ledger is written, and how. */
export interface LedgerPlace {
  readonly plan: LedgerPlan
  readonly clock: Clock
  readonly target: McpTarget
  /** postgres://… that leads to the database that takes writes, whichever that is. */
  readonly databaseUrl: string
  /** Of the plan's workload; needed where the plan writes by it. */
  readonly tool: LedgerTool | null
  /** Tells the run's writes from another's in the same database. */
  readonly mark: string
}

/** One write before all others. Times: µs, absolute. */
export interface Anchor {
  readonly via: LedgerVia
  readonly op: string
  readonly sentUs: number
  readonly endedUs: number
  readonly end: WriteEnd
}

export interface LedgerSpec extends LedgerPlace {
  readonly t0Us: number
  readonly anchors: readonly Anchor[]
  readonly writer: StreamWriter
  /** All of the stack; those that follow are asked what they hold, `readEveryMs` apart. */
  readonly databases: readonly ReadDatabase[]
  readonly readEveryMs: number
  /** Which node takes writes now, for the record. */
  readonly primary: () => string
  readonly onError: (error: unknown) => void
  readonly onNote: (text: string) => void
}

export interface Ledger {
  /** No more writes; resolves when all have ended. */
  stop(): Promise<void>
  /** What of them is in the database that takes writes now. What cannot be read is told by a note, and is in no row. */
  readSurvivors(): Promise<void>
}

/** Sessions of the server's; connections of the database's, of which few are used while all is well. */
const laneCounts = { tool: 120, sql: 24, update: 12 } as const
const patienceMs = { tool: toolPatienceMs, sql: sqlPatienceMs, update: registerPatienceMs } as const

/**
 * Makes the ledger's table where it writes by SQL, and writes once by each way: before the load and any backup, so that a
 * restore to an old backup has a write that survived, from which its loss is counted.
 */
export async function prepareLedger(place: LedgerPlace): Promise<readonly Anchor[]> {
  const { plan, databaseUrl, clock } = place
  if (plan.via.includes('sql')) await prepareSqlLedger(databaseUrl)
  const anchors: Anchor[] = []
  for (const via of plan.via) {
    const lane = laneOf(via, 0, place)
    const op = `${via[0]}-before`
    const sentUs = clock.monotonicUs()
    const end = await lane.write(op)
    anchors.push({ via, op, sentUs, endedUs: clock.monotonicUs(), end })
    lane.close()
  }
  return anchors
}

/** Begins to write, and to record each write before it is sent and after it has ended. */
export function startLedger(spec: LedgerSpec): Ledger {
  const record = new LedgerRecord(spec.writer, spec.t0Us)
  for (const { via, op, sentUs, endedUs, end } of spec.anchors) {
    record.invoked(via, op, sentUs, sentUs)
    record.completed(via, op, endedUs, end)
  }
  const ways = recordedWays(spec.plan)
  const all = [...ways.map((via) => writersOf(via, spec, record)), ...readersOf(spec, record)]
  return {
    async stop() {
      await Promise.all(all.map((each) => each.stop()))
    },
    async readSurvivors() {
      for (const via of ways) await readInto(record, queryOf(via, spec), spec)
    },
  }
}

/** Whoever writes by SQL updates as well. */
function recordedWays({ via }: LedgerPlan): readonly RecordedVia[] {
  return via.includes('sql') ? [...via, 'update'] : via
}

function readersOf(spec: LedgerSpec, record: LedgerRecord): readonly Sampler[] {
  const { clock, t0Us, databases, readEveryMs: everyMs, primary, onError, plan } = spec
  if (!plan.via.includes('sql') || databases.length < 2) return []
  return databases.map((database) => readReplica({ clock, t0Us, database, everyMs, primary, record, onError }))
}

function writersOf(via: RecordedVia, spec: LedgerSpec, record: LedgerRecord): Writers {
  const { clock, t0Us, onError, plan } = spec
  const lanes = Array.from({ length: laneCounts[via] }, (_, lane) => laneOf(via, lane, spec))
  const pace = via === 'update' ? { ratePerS: updatesPerS, atOnce: writersAtOnce } : { ratePerS: plan.ratePerS }
  return writeOpenly({ clock, t0Us, via, ...pace, lanes, patienceMs: patienceMs[via], record, onError })
}

function laneOf(via: RecordedVia, lane: number, spec: LedgerPlace): WriteLane {
  if (via === 'sql') return new SqlLane(spec.databaseUrl)
  if (via === 'update') return new RegisterLane(spec.databaseUrl)
  const tool = toolOf(spec)
  const argumentsOf = (op: string) => tool.arguments(markOf(spec, op))
  return new ToolLane({ clock: spec.clock, target: spec.target, tool: tool.name, argumentsOf }, lane)
}

function queryOf(via: RecordedVia, spec: LedgerSpec): SurvivorsQuery {
  if (via === 'update') return { via, sql: registerSurvivors, values: [] }
  if (via === 'sql') return { via, sql: sqlSurvivors, values: [] }
  return { via, sql: `select mark as op, copies from (${toolOf(spec).survivors}) as found`, values: [markOf(spec, '')] }
}

function toolOf({ tool }: LedgerPlace): LedgerTool {
  if (tool === null) throw new TypeError('the workload names no tool that writes')
  return tool
}

function markOf({ mark }: LedgerPlace, op: string): string {
  return `${mark} ${op}`
}

async function readInto(record: LedgerRecord, query: SurvivorsQuery, spec: LedgerSpec): Promise<void> {
  const { clock, databaseUrl, primary, onNote } = spec
  const node = primary()
  try {
    const { rows, timeline } = await readSurvivors(databaseUrl, query)
    const nowUs = clock.monotonicUs()
    const prefix = query.via === 'tool' ? markOf(spec, '') : ''
    for (const { op, ...found } of rows) record.present(query.via, op.slice(prefix.length), nowUs, found)
    record.read(query.via, nowUs, { found: rows.length, node, timeline })
  } catch (error) {
    onNote(
      `the ledger's writes by ${query.via} cannot be counted: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
