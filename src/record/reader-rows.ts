import { readStream, type StreamHeader, type StreamState } from './reader-stream.ts'

/** Rows of the small streams, in file order. Times: µs of run time. */
export interface TimelineRow {
  readonly tUs: number
  readonly kind: string
  readonly id: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** When it was asked, how long the answer took, and why there is none. */
interface Sample {
  readonly tUs: number
  readonly tookUs: number
  readonly error: string | null
}

/** null: the system does not tell; all null when `error` says why the sample is missing. */
export interface PoolRow extends Sample {
  readonly used: number | null
  readonly idle: number | null
  readonly max: number | null
  readonly pending: number | null
  readonly timeouts: number | null
  readonly saturatedS: number | null
  readonly saturatedLongestS: number | null
  readonly uptimeS: number | null
  /** [whole second of uptime, peak], new or changed since the row before. */
  readonly usedHigh: readonly (readonly [number, number])[] | null
  readonly pendingHigh: readonly (readonly [number, number])[] | null
  /** [count, sum in s, cumulative counts by `waitBoundsS`]; null: unchanged since the row before, or not told. */
  readonly wait: WaitReading | null
  /** From this row on, the last above all; absent: those of the row before of the same instance, at first the header's. */
  readonly waitBoundsS?: readonly number[]
  /** Which of a server's several, or `server/pool` of several pools; null: there is one. */
  readonly instance: string | null
}

export interface WaitReading {
  readonly count: number
  readonly sumS: number
  readonly cumulative: readonly number[]
}

export interface DatabaseRow extends Sample {
  readonly connections: number | null
  readonly active: number | null
  readonly idleInTransaction: number | null
  readonly waitingOnLock: number | null
  readonly allConnections: number | null
  readonly maxConnections: number | null
  readonly deadlocks: number | null
  /** Transactions of everybody, ours too, since the counters began; null: not told. */
  readonly commits: number | null
  readonly blocksHit: number | null
  readonly blocksRead: number | null
  /** Opened since its start; null: not told. */
  readonly sessions: number | null
  readonly startedAt: string | null
  /** Bytes of write-ahead log; null: not told, or it takes no writes. */
  readonly written: number | null
  /** Bytes of it that each has replayed. */
  readonly followers: readonly (readonly [name: string, replayed: number])[]
  /** The system's own sessions of which our login may not see what they do; null: not told. */
  readonly hidden: number | null
  /** For how long each of the system's idle sessions has been so, ms, rising, at most 500 of them; null: not told. */
  readonly idleMs: readonly number[] | null
  /** Calls and ms of all statements that the database has carried out; null: not told, or not asked this time. */
  readonly statements: readonly [calls: number, execMs: number] | null
  /** Of the proxy of each link that somebody else points the system at, others' connections to it; absent: not told. */
  readonly clients: ReadonlyMap<string, number>
  /** For how long none of the system's sessions has done anything, ms; null: it has none, or they are hidden, or not told. */
  readonly quietMs: number | null
}

export interface HostRow {
  readonly tUs: number
  readonly process: string
  readonly pid: number | null
  readonly cpuUs: number | null
  readonly rssBytes: number | null
}

/** What the balancer tells of one instance; all null when `error` says why the look is missing. */
export interface BalancerRow extends Sample {
  readonly instance: string | null
  readonly isUp: boolean | null
  /** Connections that lead to it now, and that ever did. */
  readonly open: number | null
  readonly opened: number | null
  /** Bytes that came from it. */
  readonly sent: number | null
}

/** What the bridge before a stdio server tells of itself, since its start; all null when `error` says why the look is missing. */
export interface BridgeRow extends Sample {
  readonly instance: string | null
  /** What it added to calls, by the header's `waitBoundsS`. */
  readonly wait: WaitReading | null
  /** Of itself alone. */
  readonly cpuUs: number | null
  readonly processes: number | null
  readonly deaths: number | null
}

export interface ProbeRow {
  readonly askedUs: number
  readonly endedUs: number | null
  readonly probe: string
  readonly connection: string | null
  readonly ok: boolean
  readonly error: string | null
  /** What a database answered that refused; null: it did not, or this run's Squall did not record it. */
  readonly sqlState: string | null
}

/** One edge of a write of the ledger, or of its reading. */
export interface LedgerRow {
  readonly tUs: number
  readonly edge: string
  readonly via: string
  readonly op: string | null
  readonly data: Readonly<Record<string, unknown>>
}

export interface RowStream<Row> {
  readonly state: StreamState
  readonly header: StreamHeader | null
  readonly rows: readonly Row[]
}

/** One row by column names; undefined for a column that the header does not name. */
type Cells = (column: string) => unknown

/** Reads a stream of few rows. A row that `decode` gives null for is malformed: the stream counts as cut there. */
export function readRows<Row>(
  path: string,
  file: string,
  bootId: string | null,
  decode: (cells: Cells) => Row | null,
): RowStream<Row> {
  const rows: Row[] = []
  let header: StreamHeader | null = null
  let columnAt = new Map<string, number>()
  const state = readStream(path, file, bootId, {
    header(read) {
      header = read
      columnAt = new Map(read.columns.map((column, at) => [column, at]))
    },
    dict() {},
    row(buffer, start, end) {
      const values = parseArray(buffer.toString('utf8', start, end))
      if (values === null || values.length !== columnAt.size) return false
      const row = decode((column) => values[columnAt.get(column) ?? -1])
      if (row === null) return false
      rows.push(row)
      return true
    },
  })
  return { state, header, rows }
}

export function timelineRow(cells: Cells): TimelineRow | null {
  const tUs = finite(cells('t'))
  const kind = text(cells('kind'))
  if (tUs === null || kind === null) return null
  return { tUs, kind, id: text(cells('id')), data: fieldsOf(cells('data')) }
}

function sampleOf(cells: Cells): Sample | null {
  const [tUs, tookUs] = [finite(cells('t')), finite(cells('took'))]
  return tUs === null || tookUs === null ? null : { tUs, tookUs, error: text(cells('error')) }
}

export function poolRow(cells: Cells): PoolRow | null {
  const sample = sampleOf(cells)
  if (sample === null) return null
  return {
    ...sample,
    used: finite(cells('used')),
    idle: finite(cells('idle')),
    max: finite(cells('max')),
    pending: finite(cells('pending')),
    timeouts: finite(cells('timeouts')),
    saturatedS: finite(cells('saturatedS')),
    saturatedLongestS: finite(cells('saturatedLongestS')),
    uptimeS: finite(cells('uptime')),
    usedHigh: marks(cells('usedHigh')),
    pendingHigh: marks(cells('pendingHigh')),
    wait: waitReading(cells('wait')),
    ...boundsOf(cells('waitBoundsS')),
    instance: text(cells('instance')),
  }
}

function boundsOf(cell: unknown): Pick<PoolRow, 'waitBoundsS'> {
  return Array.isArray(cell) ? { waitBoundsS: cell.map((bound) => finite(bound) ?? Number.POSITIVE_INFINITY) } : {}
}

export function databaseRow(cells: Cells): DatabaseRow | null {
  const sample = sampleOf(cells)
  if (sample === null) return null
  return {
    ...sample,
    connections: finite(cells('connections')),
    active: finite(cells('active')),
    idleInTransaction: finite(cells('idleInTransaction')),
    waitingOnLock: finite(cells('waitingOnLock')),
    allConnections: finite(cells('allConnections')),
    maxConnections: finite(cells('maxConnections')),
    deadlocks: finite(cells('deadlocks')),
    commits: finite(cells('commits')),
    blocksHit: finite(cells('blocksHit')),
    blocksRead: finite(cells('blocksRead')),
    sessions: finite(cells('sessions')),
    startedAt: text(cells('startedAt')),
    written: finite(cells('written')),
    followers: followersOf(cells('followers')),
    hidden: finite(cells('hidden')),
    idleMs: numbersOf(cells('idleMs')),
    statements: pairOf(cells('statements')),
    clients: clientsOf(cells('clients')),
    quietMs: finite(cells('quietMs')),
  }
}

function numbersOf(cell: unknown): readonly number[] | null {
  return Array.isArray(cell) && cell.every((item) => finite(item) !== null) ? cell : null
}

function clientsOf(cell: unknown): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(fieldsOf(cell)).flatMap(([link, count]) =>
      typeof count === 'number' && Number.isFinite(count) ? [[link, count] as const] : [],
    ),
  )
}

function pairOf(cell: unknown): readonly [number, number] | null {
  const [first, second] = numbersOf(cell) ?? []
  return first === undefined || second === undefined ? null : [first, second]
}

export function followersOf(cell: unknown): DatabaseRow['followers'] {
  if (!Array.isArray(cell)) return []
  return cell.filter(
    (pair): pair is [string, number] => Array.isArray(pair) && typeof pair[0] === 'string' && finite(pair[1]) !== null,
  )
}

export function hostRow(cells: Cells): HostRow | null {
  const tUs = finite(cells('t'))
  const process = text(cells('process'))
  if (tUs === null || process === null) return null
  return {
    tUs,
    process,
    pid: finite(cells('pid')),
    cpuUs: finite(cells('cpu')),
    rssBytes: finite(cells('rss')),
  }
}

export function balancerRow(cells: Cells): BalancerRow | null {
  const sample = sampleOf(cells)
  if (sample === null) return null
  const isUp = cells('isUp')
  return {
    ...sample,
    instance: text(cells('instance')),
    isUp: typeof isUp === 'boolean' ? isUp : null,
    open: finite(cells('open')),
    opened: finite(cells('opened')),
    sent: finite(cells('sent')),
  }
}

export function bridgeRow(cells: Cells): BridgeRow | null {
  const sample = sampleOf(cells)
  if (sample === null) return null
  return {
    ...sample,
    instance: text(cells('instance')),
    wait: waitReading(cells('added')),
    cpuUs: finite(cells('cpu')),
    processes: finite(cells('processes')),
    deaths: finite(cells('deaths')),
  }
}

export function probeRow(cells: Cells): ProbeRow | null {
  const askedUs = finite(cells('t'))
  const probe = text(cells('probe'))
  const ok = cells('ok')
  if (askedUs === null || probe === null || typeof ok !== 'boolean') return null
  return {
    askedUs,
    endedUs: finite(cells('ended')),
    probe,
    connection: text(cells('connection')),
    ok,
    error: text(cells('error')),
    sqlState: text(cells('sqlState')),
  }
}

export function ledgerRow(cells: Cells): LedgerRow | null {
  const tUs = finite(cells('t'))
  const edge = text(cells('edge'))
  const via = text(cells('via'))
  const op = text(cells('op'))
  const data = fieldsOf(cells('data'))
  if (tUs === null || edge === null || via === null || lacksNumber(edge, op, data)) return null
  return { tUs, edge, via, op, data }
}

/** A write without its due time, or one that was found who knows how often, is no fact to judge by. */
function lacksNumber(edge: string, op: string | null, { intended, copies }: LedgerRow['data']): boolean {
  if (op === null) return false
  if (edge === 'present') return !Number.isSafeInteger(copies) || Number(copies) < 1
  return (edge === 'invoke' || edge === 'unsent') && finite(intended) === null
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function marks(value: unknown): readonly (readonly [number, number])[] | null {
  if (!Array.isArray(value)) return null
  return value.flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return []
    const [second, peak] = pair as readonly unknown[]
    return typeof second === 'number' && typeof peak === 'number' ? [[second, peak] as const] : []
  })
}

function waitReading(value: unknown): WaitReading | null {
  if (!Array.isArray(value)) return null
  const [count, sumS, cumulative] = value as readonly unknown[]
  if (typeof count !== 'number' || typeof sumS !== 'number' || !Array.isArray(cumulative)) return null
  const counts = cumulative.filter((entry): entry is number => typeof entry === 'number')
  return counts.length === cumulative.length ? { count, sumS, cumulative: counts } : null
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function parseArray(line: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(line)
    return Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
