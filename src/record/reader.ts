import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { NewestDrill, PreviousDrill } from '../domain/past-drill.ts'
import type { Advice, Plan } from '../domain/plan.ts'
import type { ToolReads } from '../domain/tool-reads.ts'
import { type AnswerRow, readAnswerRows } from './reader-answers.ts'
import { CallsReader, type CallTable } from './reader-calls.ts'
import { RunFolderError } from './reader-error.ts'
import {
  type BalancerRow,
  type BridgeRow,
  balancerRow,
  bridgeRow,
  type DatabaseRow,
  databaseRow,
  type HostRow,
  hostRow,
  type LedgerRow,
  ledgerRow,
  type PoolRow,
  type ProbeRow,
  poolRow,
  probeRow,
  type RowStream,
  readRows,
  type TimelineRow,
  timelineRow,
} from './reader-rows.ts'
import type { StreamState } from './reader-stream.ts'

/** The newest run.json that this reader knows. */
const runFormatMax = 1

/** run.json. */
export interface RunFile {
  readonly id: string
  readonly startedAt: string
  readonly plan: Plan
  readonly advice: readonly Advice[]
  readonly seed: number
  readonly target: string
  readonly bootId: string | null
  readonly versions: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string | number>>
  readonly tools: readonly string[]
  /**
   * What each tool says of itself. undefined: no answers are sampled, as of a workload that speaks SQL, or of a run of an earlier
   * version.
   */
  readonly reads?: ToolReads | undefined
  /** Of the git tree that Squall was started in; null: none, or a run of an earlier version. */
  readonly commit: Commit | null
  /** null: this run is no drill, or the first. */
  readonly previousDrill: PreviousDrill | null
  /** Of the drill that the plan is, as its file had it; null: it is none. */
  readonly drillScript: DrillScript | null
  /** null: there was none; absent: nobody looked. */
  readonly newestDrill?: NewestDrill | null
}

export interface DrillScript {
  readonly title: string
  readonly hypothesis: string
  readonly steps: readonly { readonly kind: string; readonly text: string }[]
}

export interface Commit {
  readonly sha: string
  /** Files of it had been changed. */
  readonly isChanged: boolean
}

/** All that a run left behind. null: that stream has no file, which is not the same as an empty one. */
export interface RunFolder {
  readonly run: RunFile
  readonly timeline: RowStream<TimelineRow> | null
  /** null: no load instance left a stream. */
  readonly calls: { readonly states: readonly StreamState[]; readonly table: CallTable } | null
  /** A sample of the good answers, of all load instances; null: none left a stream. */
  readonly answers: { readonly states: readonly StreamState[]; readonly rows: readonly AnswerRow[] } | null
  readonly pool: RowStream<PoolRow> | null
  readonly database: RowStream<DatabaseRow> | null
  readonly host: RowStream<HostRow> | null
  /** null as well where the server has one instance. */
  readonly balancer: RowStream<BalancerRow> | null
  /** null as well where no server is behind a bridge. */
  readonly bridge: RowStream<BridgeRow> | null
  readonly probe: RowStream<ProbeRow> | null
  readonly ledger: RowStream<LedgerRow> | null
  /** Path inside the run folder → SHA-256, of all files above. */
  readonly sha256: ReadonlyMap<string, string>
}

/**
 * Reads a run folder. Streams may be cut or absent; throws RunFolderError where the folder is no run, was written by a
 * newer Squall, or contradicts its own format.
 */
export function readRunFolder(folder: string): RunFolder {
  const sha256 = new Map<string, string>()
  const run = readRunFile(folder, sha256)
  const rows = <Row>(name: string, decode: Parameters<typeof readRows<Row>>[3]): RowStream<Row> | null => {
    const file = `${name}.ndjson`
    const path = join(folder, file)
    if (!existsSync(path)) return null
    const stream = readRows(path, file, run.bootId, decode)
    sha256.set(file, stream.state.sha256)
    return stream
  }
  const timeline = rows('timeline', timelineRow)
  const calls = readCalls(folder, run.bootId)
  const answers = readAnswers(folder, run.bootId)
  for (const state of [...(calls?.states ?? []), ...(answers?.states ?? [])]) sha256.set(state.file, state.sha256)
  const pool = rows('pool', poolRow)
  const database = rows('database', databaseRow)
  const host = rows('host', hostRow)
  const balancer = rows('balancer', balancerRow)
  const bridge = rows('bridge', bridgeRow)
  const probe = rows('probe', probeRow)
  const ledger = rows('ledger', ledgerRow)
  return { run, timeline, calls, answers, pool, database, host, balancer, bridge, probe, ledger, sha256 }
}

function readCalls(folder: string, bootId: string | null): RunFolder['calls'] {
  const directory = join(folder, 'calls')
  const names = streamsIn(directory)
  if (names.length === 0) return null
  const reader = new CallsReader(names.reduce((bytes, name) => bytes + statSync(join(directory, name)).size, 0))
  const states = names.map((name) => reader.read(join(directory, name), `calls/${name}`, bootId))
  return { states, table: reader.table() }
}

function readAnswers(folder: string, bootId: string | null): RunFolder['answers'] {
  const names = streamsIn(join(folder, 'answers'))
  if (names.length === 0) return null
  const rows: AnswerRow[] = []
  const states = names.map((name) => readAnswerRows(join(folder, 'answers', name), `answers/${name}`, bootId, rows))
  return { states, rows }
}

/** Sorted, so that the same folder gives the same table wherever it was copied to. */
function streamsIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
}

/**
 * Reads run.json alone; its SHA-256 goes into `sha256`.
 * @throws RunFolderError where there is none, or not one
 */
export function readRunFile(folder: string, sha256 = new Map<string, string>()): RunFile {
  const path = join(folder, 'run.json')
  if (!existsSync(path)) {
    throw new RunFolderError(
      'not_a_run',
      `${folder} has no run.json`,
      'Give the folder of a run, such as runs/<time>-<plan>.',
    )
  }
  const bytes = readFileSync(path)
  sha256.set('run.json', createHash('sha256').update(bytes).digest('hex'))
  const fields = parseObject(path, bytes.toString('utf8'))
  const { format } = fields
  if (typeof format !== 'number') throw notARun(path, 'it names no format')
  if (format > runFormatMax) {
    throw new RunFolderError(
      'newer_format',
      `${path} has format ${format}; this Squall reads up to format ${runFormatMax}`,
      `Read it with the Squall that wrote it (${String(fields.squall ?? 'unnamed')}), or a newer one.`,
    )
  }
  const { id, plan, startedAt } = fields
  if (typeof id !== 'string') throw notARun(path, 'it has no id')
  if (typeof plan !== 'object' || plan === null) throw notARun(path, 'it has no plan')
  return {
    id,
    startedAt: typeof startedAt === 'string' ? startedAt : '',
    // Written by this project from a checked plan; `format` guards its shape.
    plan: { ...(plan as Plan), drill: (plan as Partial<Plan>).drill ?? null },
    advice: Array.isArray(fields.advice) ? (fields.advice as Advice[]) : [],
    seed: typeof fields.seed === 'number' ? fields.seed : (plan as Plan).seed,
    target: typeof fields.target === 'string' ? fields.target : '',
    bootId: typeof fields.bootId === 'string' ? fields.bootId : null,
    versions: (fields.versions ?? {}) as RunFile['versions'],
    environment: (fields.environment ?? {}) as RunFile['environment'],
    tools: Array.isArray(fields.tools) ? (fields.tools as string[]) : [],
    reads: fields.reads as ToolReads | undefined,
    commit: (fields.commit ?? null) as RunFile['commit'],
    drillScript: (fields.drillScript ?? null) as RunFile['drillScript'],
    previousDrill: (fields.previousDrill ?? null) as RunFile['previousDrill'],
    ...(fields.newestDrill === undefined ? {} : { newestDrill: fields.newestDrill as NewestDrill | null }),
  }
}

function parseObject(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw new RunFolderError('not_a_run', `${path} is no JSON`, 'run.json is written once, before the load.', cause)
  }
  throw notARun(path, 'it is no object')
}

function notARun(path: string, what: string): RunFolderError {
  return new RunFolderError('not_a_run', `${path} is not a run's: ${what}`, 'Its form is in docs/run-folder.md.')
}
