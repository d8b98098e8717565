import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outcome, outcomes } from '../../domain/outcome.ts'
import type { Plan, RecordedVia } from '../../domain/plan.ts'
import type { ToolReads } from '../../domain/tool-reads.ts'
import { type RunFolder, readRunFolder } from '../../record/reader.ts'
import { steal } from '../../record/streams.ts'

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
  readonly waitBoundsS?: readonly number[]
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
  readonly active?: number | null
  readonly idleInTransaction?: number | null
  readonly deadlocks?: number | null
  readonly blocksHit?: number | null
  readonly blocksRead?: number | null
  readonly startedAt?: string
  readonly written?: number | null
  readonly followers?: readonly (readonly [name: string, replayed: number])[]
  readonly hidden?: number | null
  readonly idleMs?: readonly number[] | null
  readonly statements?: readonly [calls: number, execMs: number] | null
  readonly clients?: Readonly<Record<string, number | null>>
  /** With one of them in any row the stream has the columns of all three. */
  readonly sessions?: number | null
  readonly commits?: number | null
  readonly quietMs?: number | null
}

/** A good answer, by its tool's number. */
export interface GeneratedAnswer {
  readonly tUs: number
  readonly tool: number
  readonly asked: string
  readonly answer: string
  /** The answer, unless told. */
  readonly rest?: string
  /** 3 unless told. */
  readonly facts?: number
}

export interface GeneratedProbeRow {
  readonly askedUs: number
  readonly endedUs: number
  readonly probe: string
  readonly connection: string | null
  readonly error: string | null
  readonly sqlState?: string
}

/** One row of the ledger as the stream has it. */
export type LedgerEntry = readonly [tUs: number, edge: string, via: RecordedVia, op: string | null, data: object]

export type TimelineEntry = readonly [tUs: number, kind: string, id: string | null, data: Record<string, unknown>]

/** A run by its parts. An absent part is an absent file. */
export interface GeneratedRun {
  readonly plan: Plan
  readonly timeline?: readonly TimelineEntry[]
  readonly calls?: readonly GeneratedCall[]
  readonly pool?: readonly GeneratedPoolRow[]
  readonly database?: readonly GeneratedDatabaseRow[]
  /** Where the proxy of each link listens that somebody else points the server at; absent: there is none, or nobody looked. */
  readonly proxies?: Readonly<Record<string, string>>
  readonly balancer?: readonly GeneratedBalancerRow[]
  /** Rows as the stream has them, by the bounds below. */
  readonly bridge?: readonly (readonly unknown[])[]
  readonly probe?: readonly GeneratedProbeRow[]
  readonly ledger?: readonly LedgerEntry[]
  readonly tools?: readonly string[]
  /** What the tools say of themselves; absent: as of a run of an earlier version. */
  readonly reads?: ToolReads
  readonly answers?: readonly GeneratedAnswer[]
  /** With a host stream of one process. */
  readonly host?: boolean
  /** What had been taken from the machine by then, µs, each quarter of a second; with it there is a host stream, too. */
  readonly stolenUs?: (s: number) => number | null
  /** When its streams end; absent: after a load of a minute, and the rest. */
  readonly endUs?: number
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
  't took error used idle max pending timeouts saturatedS saturatedLongestS uptime usedHigh pendingHigh wait waitBoundsS instance'
const databaseColumns =
  't took error connections allConnections maxConnections deadlocks blocksHit blocksRead startedAt written followers ' +
  'active idleInTransaction hidden idleMs statements clients'

export function callLines(calls: readonly GeneratedCall[], tools: readonly string[], endUs = 67_000_000): string[] {
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
    endUs,
  )
  const dictionary = [
    ...tools.map((tool, number) => JSON.stringify({ dict: ['tool', number, tool] })),
    ...errors.map((error, number) => JSON.stringify({ dict: ['error', number, error] })),
  ]
  return [header, ...dictionary, ...rest]
}

function answerLines(answers: readonly GeneratedAnswer[], tools: readonly string[], endUs: number): string[] {
  const rows = answers.map(({ tUs, tool, asked, answer, rest = answer, facts = 3 }) => [
    tUs,
    tool,
    asked,
    answer,
    rest,
    facts,
  ])
  const columns = ['t', 'tool', 'arguments', 'answer', 'rest', 'facts']
  const header = { stream: 'answers', instance: 'k6-1', columns }
  const [first = '', ...rest] = streamLines(header, rows, (row) => Number(row[0]), endUs)
  return [first, ...tools.map((tool, number) => JSON.stringify({ dict: ['tool', number, tool] })), ...rest]
}

/** Writes a run folder as docs/run-folder.md says. */
export function writeRun(folder: string, run: GeneratedRun): void {
  const { plan, tools = ['read', 'write'], endUs = 67_000_000 } = run
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
    ...(run.reads === undefined ? {} : { reads: run.reads }),
  }
  file('run.json', [JSON.stringify({ ...runFile, ...about })])
  if (run.timeline !== undefined) {
    const header = { stream: 'timeline', columns: ['t', 'kind', 'id', 'data'] }
    file(
      'timeline.ndjson',
      streamLines(header, run.timeline, (row) => Number(row[0]), endUs + 1_000_000),
    )
  }
  if (run.calls !== undefined) {
    mkdirSync(join(folder, 'calls'), { recursive: true })
    file('calls/k6-1.ndjson', callLines(run.calls, tools, endUs))
  }
  if (run.answers !== undefined) {
    mkdirSync(join(folder, 'answers'), { recursive: true })
    file('answers/k6-1.ndjson', answerLines(run.answers, tools, endUs))
  }
  if (run.pool !== undefined) {
    const rows = run.pool.map((row) => [
      ...[row.tUs, row.tookUs, row.error ?? null, row.used ?? null, null, row.max ?? null, row.pending ?? null],
      ...[row.timeouts ?? null, row.saturatedS ?? null, row.saturatedLongestS ?? null, row.uptimeS ?? null],
      ...[
        row.usedHigh ?? null,
        row.pendingHigh ?? null,
        row.wait ?? null,
        row.waitBoundsS ?? null,
        row.instance ?? null,
      ],
    ])
    const header = { stream: 'pool', columns: poolColumns.split(' '), waitBoundsS }
    file(
      'pool.ndjson',
      streamLines(header, rows, (row) => Number(row[0]), endUs + 1_000_000),
    )
  }
  if (run.balancer !== undefined) {
    const rows = run.balancer.map(({ tUs, instance, isUp, sent }) => [tUs, 1_000, null, instance, isUp, 10, 10, sent])
    const columns = 't took error instance isUp open opened sent'.split(' ')
    file(
      'balancer.ndjson',
      streamLines({ stream: 'balancer', columns }, rows, (row) => Number(row[0]), endUs + 1_000_000),
    )
  }
  const { stolenUs } = run
  if (run.host === true || stolenUs !== undefined) {
    const rows = Array.from({ length: 4 * 68 }, (_, quarter) => {
      const tUs = quarter * 250_000
      return [
        ...(stolenUs === undefined ? [] : [[tUs, steal, null, stolenUs(quarter / 4), null]]),
        ...(quarter % 4 === 0 ? [[tUs, 'server', 2, tUs / 100, 1 << 20]] : []),
      ]
    }).flat()
    const header = { stream: 'host', columns: ['t', 'process', 'pid', 'cpu', 'rss'] }
    file(
      'host.ndjson',
      streamLines(header, rows, (row) => Number(row[0]), 68_000_000),
    )
  }
  if (run.bridge !== undefined) {
    const columns = 't took error instance added cpu processes deaths'.split(' ')
    file(
      'bridge.ndjson',
      streamLines({ stream: 'bridge', columns, waitBoundsS }, run.bridge, (row) => Number(row[0]), 68_000_000),
    )
  }
  if (run.probe !== undefined) writeProbe(file, run.probe)
  if (run.ledger !== undefined) {
    const header = { stream: 'ledger', columns: ['t', 'edge', 'via', 'op', 'data'] }
    file(
      'ledger.ndjson',
      streamLines(header, run.ledger, (row) => Number(row[0]), endUs + 1_000_000),
    )
  }
  if (run.database !== undefined) {
    const tellsWork = run.database.some(
      ({ sessions, commits, quietMs }) => (sessions ?? commits ?? quietMs) !== undefined,
    )
    const rows = run.database.map((row) => [
      ...[row.tUs, 2_000, row.error, row.connections, null, 100].map((cell) => cell ?? null),
      ...[row.deadlocks ?? null, row.blocksHit ?? null, row.blocksRead ?? null, row.startedAt ?? null],
      ...[row.written ?? null, row.followers ?? null, row.active ?? null, row.idleInTransaction ?? null],
      ...[row.hidden ?? null, row.idleMs ?? null, row.statements ?? null, row.clients ?? null],
      ...(tellsWork ? [row.sessions ?? null, row.commits ?? null, row.quietMs ?? null] : []),
    ])
    const extra = run.proxies === undefined ? {} : { proxies: run.proxies }
    const columns = [...databaseColumns.split(' '), ...(tellsWork ? ['sessions', 'commits', 'quietMs'] : [])]
    const header = { stream: 'database', columns, ...extra }
    file(
      'database.ndjson',
      streamLines(header, rows, (row) => Number(row[0]), endUs + 1_000_000),
    )
  }
}

function writeProbe(file: (name: string, lines: readonly string[]) => void, probe: readonly GeneratedProbeRow[]): void {
  const rows = probe.map(({ askedUs, endedUs, connection, error, sqlState = null, probe: name }) => [
    ...[askedUs, endedUs, name, connection, error === null, error, sqlState],
  ])
  const header = { stream: 'probe', columns: ['t', 'ended', 'probe', 'connection', 'ok', 'error', 'sqlState'] }
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
