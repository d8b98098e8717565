import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outcome, outcomes } from '../../domain/outcome.ts'
import type { Plan } from '../../domain/plan.ts'
import { type RunFolder, readRunFolder } from '../../record/reader.ts'

export interface GeneratedCall {
  readonly user: number
  readonly tool: number
  readonly intendedUs: number
  readonly readyUs: number
  readonly startedUs: number | null
  readonly endedUs: number | null
  readonly outcome: Outcome
  readonly error: string | null
}

export interface GeneratedPoolRow {
  readonly tUs: number
  readonly tookUs: number
  readonly error?: string
  readonly used?: number | null
  readonly max?: number | null
  readonly pending?: number | null
  readonly timeouts?: number | null
  readonly saturatedS?: number | null
  readonly saturatedLongestS?: number | null
  readonly uptimeS?: number | null
  readonly usedHigh?: readonly (readonly [number, number])[] | null
  readonly pendingHigh?: readonly (readonly [number, number])[] | null
  readonly wait?: readonly [number, number, readonly number[]] | null
  readonly instance?: string
}

export interface GeneratedBalancerRow {
  readonly tUs: number
  readonly instance: string
  readonly isUp: boolean
  readonly sent: number
}

export interface GeneratedDatabaseRow {
  readonly tUs: number
  readonly error?: string
  readonly connections?: number | null
  readonly deadlocks?: number | null
  readonly blocksHit?: number | null
  readonly blocksRead?: number | null
  readonly startedAt?: string
  readonly written?: number | null
  readonly followers?: readonly (readonly [name: string, replayed: number])[]
}

export interface GeneratedProbeRow {
  readonly askedUs: number
  readonly endedUs: number
  readonly probe: string
  readonly connection: string | null
  readonly error: string | null
}

/** One row of the ledger as the stream has it. */
export type LedgerEntry = readonly [tUs: number, edge: string, via: 'tool' | 'sql', op: string | null, data: object]

export type TimelineEntry = readonly [tUs: number, kind: string, id: string | null, data: Record<string, unknown>]

/** A run by its parts. An absent part is an absent file. */
export interface GeneratedRun {
  readonly plan: Plan
  readonly timeline?: readonly TimelineEntry[]
  readonly calls?: readonly GeneratedCall[]
  readonly pool?: readonly GeneratedPoolRow[]
  readonly database?: readonly GeneratedDatabaseRow[]
  readonly balancer?: readonly GeneratedBalancerRow[]
  readonly probe?: readonly GeneratedProbeRow[]
  readonly ledger?: readonly LedgerEntry[]
  readonly tools?: readonly string[]
}

export const waitBoundsS = [0.005, 0.05, 0.5, 1, 5, 30]
const bootId = 'boot-1'

/** Lines of a stream, without the newline: header, rows with a beat each second of their time, end. */
export function streamLines(
  header: Record<string, unknown>,
  rows: readonly (readonly unknown[])[],
  timeUsOf: (row: readonly unknown[]) => number,
  endUs: number,
): string[] {
  const clock = { monotonicUs: 1, wallUnixUs: 1 }
  const lines = [JSON.stringify({ version: 1, bootId, clock, ...header })]
  let beatUs = 1_000_000
  rows.forEach((row, count) => {
    for (; beatUs <= timeUsOf(row); beatUs += 1_000_000) lines.push(JSON.stringify({ beat: [beatUs, count, 0, null] }))
    lines.push(JSON.stringify(row))
  })
  lines.push(JSON.stringify({ end: { t: endUs, rows: rows.length, reason: 'planned' } }))
  return lines
}

const poolColumns =
  't took error used idle max pending timeouts saturatedS saturatedLongestS uptime usedHigh pendingHigh wait instance'
const databaseColumns =
  't took error connections allConnections maxConnections deadlocks blocksHit blocksRead startedAt written followers'

export function callLines(calls: readonly GeneratedCall[], tools: readonly string[]): string[] {
  const errors = [...new Set(calls.flatMap((call) => call.error ?? []))]
  const rows = calls.map((call) => [
    call.user,
    call.tool,
    call.intendedUs,
    call.readyUs,
    call.startedUs,
    call.endedUs,
    outcomes.indexOf(call.outcome),
    call.error === null ? null : errors.indexOf(call.error),
  ])
  const known = (row: readonly unknown[]): number => Number(row[5] ?? row[3])
  rows.sort((a, b) => known(a) - known(b))
  const columns = 'user tool intended ready started ended outcome detail'.split(' ')
  const [header = '', ...rest] = streamLines(
    { stream: 'calls', instance: 'k6-1', columns, outcomes },
    rows,
    known,
    67_000_000,
  )
  const dictionary = [
    ...tools.map((tool, number) => JSON.stringify({ dict: ['tool', number, tool] })),
    ...errors.map((error, number) => JSON.stringify({ dict: ['error', number, error] })),
  ]
  return [header, ...dictionary, ...rest]
}

/** Writes a run folder as docs/run-folder.md says. */
export function writeRun(folder: string, run: GeneratedRun): void {
  const { plan, tools = ['read', 'write'] } = run
  const file = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  const runFile = {
    format: 1,
    id: 'run-1',
    squall: '0.1.0',
    startedAt: '2026-11-21T10:00:00.000Z',
    plan,
    advice: [],
    seed: 1,
  }
  const about = {
    target: 'http://127.0.0.1:1',
    bootId,
    versions: { squall: '0.1.0' },
    environment: { cores: 2 },
    tools,
  }
  file('run.json', [JSON.stringify({ ...runFile, ...about })])
  if (run.timeline !== undefined) {
    const header = { stream: 'timeline', columns: ['t', 'kind', 'id', 'data'] }
    file(
      'timeline.ndjson',
      streamLines(header, run.timeline, (row) => Number(row[0]), 68_000_000),
    )
  }
  if (run.calls !== undefined) {
    mkdirSync(join(folder, 'calls'), { recursive: true })
    file('calls/k6-1.ndjson', callLines(run.calls, tools))
  }
  if (run.pool !== undefined) {
    const rows = run.pool.map((row) => [
      ...[row.tUs, row.tookUs, row.error ?? null, row.used ?? null, null, row.max ?? null, row.pending ?? null],
      ...[row.timeouts ?? null, row.saturatedS ?? null, row.saturatedLongestS ?? null, row.uptimeS ?? null],
      ...[row.usedHigh ?? null, row.pendingHigh ?? null, row.wait ?? null, row.instance ?? null],
    ])
    const header = { stream: 'pool', columns: poolColumns.split(' '), waitBoundsS }
    file(
      'pool.ndjson',
      streamLines(header, rows, (row) => Number(row[0]), 68_000_000),
    )
  }
  if (run.balancer !== undefined) {
    const rows = run.balancer.map(({ tUs, instance, isUp, sent }) => [tUs, 1_000, null, instance, isUp, 10, 10, sent])
    const columns = 't took error instance isUp open opened sent'.split(' ')
    file(
      'balancer.ndjson',
      streamLines({ stream: 'balancer', columns }, rows, (row) => Number(row[0]), 68_000_000),
    )
  }
  if (run.probe !== undefined) writeProbe(file, run.probe)
  if (run.ledger !== undefined) {
    const header = { stream: 'ledger', columns: ['t', 'edge', 'via', 'op', 'data'] }
    file(
      'ledger.ndjson',
      streamLines(header, run.ledger, (row) => Number(row[0]), 68_000_000),
    )
  }
  if (run.database !== undefined) {
    const rows = run.database.map((row) => [
      ...[row.tUs, 2_000, row.error ?? null, row.connections ?? null, null, 100],
      ...[row.deadlocks ?? null, row.blocksHit ?? null, row.blocksRead ?? null, row.startedAt ?? null],
      ...[row.written ?? null, row.followers ?? null],
    ])
    const header = { stream: 'database', columns: databaseColumns.split(' ') }
    file(
      'database.ndjson',
      streamLines(header, rows, (row) => Number(row[0]), 68_000_000),
    )
  }
}

function writeProbe(file: (name: string, lines: readonly string[]) => void, probe: readonly GeneratedProbeRow[]): void {
  const rows = probe.map((row) => [row.askedUs, row.endedUs, row.probe, row.connection, row.error === null, row.error])
  const header = { stream: 'probe', columns: ['t', 'ended', 'probe', 'connection', 'ok', 'error'] }
  file(
    'probe.ndjson',
    streamLines(header, rows, (row) => Number(row[1]), 68_000_000),
  )
}

/** Runs `use` with a fresh folder in the temp folder, and removes it. */
export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'squall-run-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the reader makes of a generated run: through real files, so that format and reader are tested as well. */
export function readGenerated(run: GeneratedRun): RunFolder {
  return withFolder((folder) => {
    writeRun(folder, run)
    return readRunFolder(folder)
  })
}
