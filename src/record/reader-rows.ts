import { readStream, type StreamHeader, type StreamState } from './reader-stream.ts'

/** Rows of the small streams, in file order. Times: µs of run time. */
export interface TimelineRow {
  readonly tUs: number
  readonly kind: string
  readonly id: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** null: the system does not tell; all null when `error` says why the sample is missing. */
export interface PoolRow {
  readonly tUs: number
  readonly tookUs: number
  readonly error: string | null
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
  /** Which of a server's several; null: there is one. */
  readonly instance: string | null
}

export interface WaitReading {
  readonly count: number
  readonly sumS: number
  readonly cumulative: readonly number[]
}

export interface DatabaseRow {
  readonly tUs: number
  readonly tookUs: number
  readonly error: string | null
  readonly connections: number | null
  readonly allConnections: number | null
  readonly maxConnections: number | null
  readonly deadlocks: number | null
  readonly blocksHit: number | null
  readonly blocksRead: number | null
  /** Opened since its start; null: not told. */
  readonly sessions: number | null
  readonly startedAt: string | null
  /** Bytes of write-ahead log; null: not told, or it takes no writes. */
  readonly written: number | null
  /** Bytes of it that each has replayed. */
  readonly followers: readonly (readonly [name: string, replayed: number])[]
}

export interface HostRow {
  readonly tUs: number
  readonly process: string
  readonly pid: number | null
  readonly cpuUs: number | null
  readonly rssBytes: number | null
}

/** What the balancer tells of one instance; all null when `error` says why the look is missing. */
export interface BalancerRow {
  readonly tUs: number
  readonly tookUs: number
  readonly error: string | null
  readonly instance: string | null
  readonly isUp: boolean | null
  /** Connections that lead to it now, and that ever did. */
  readonly open: number | null
  readonly opened: number | null
  /** Bytes that came from it. */
  readonly sent: number | null
}

export interface ProbeRow {
  readonly askedUs: number
  readonly endedUs: number | null
  readonly probe: string
  readonly connection: string | null
  readonly ok: boolean
  readonly error: string | null
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

export function poolRow(cells: Cells): PoolRow | null {
  const tUs = finite(cells('t'))
  if (tUs === null) return null
  return {
    tUs,
    tookUs: finite(cells('took')) ?? 0,
    error: text(cells('error')),
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
    instance: text(cells('instance')),
  }
}

export function databaseRow(cells: Cells): DatabaseRow | null {
  const tUs = finite(cells('t'))
  if (tUs === null) return null
  return {
    tUs,
    tookUs: finite(cells('took')) ?? 0,
    error: text(cells('error')),
    connections: finite(cells('connections')),
    allConnections: finite(cells('allConnections')),
    maxConnections: finite(cells('maxConnections')),
    deadlocks: finite(cells('deadlocks')),
    blocksHit: finite(cells('blocksHit')),
    blocksRead: finite(cells('blocksRead')),
    sessions: finite(cells('sessions')),
    startedAt: text(cells('startedAt')),
    written: finite(cells('written')),
    followers: followersOf(cells('followers')),
  }
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
  const tUs = finite(cells('t'))
  if (tUs === null) return null
  const isUp = cells('isUp')
  return {
    tUs,
    tookUs: finite(cells('took')) ?? 0,
    error: text(cells('error')),
    instance: text(cells('instance')),
    isUp: typeof isUp === 'boolean' ? isUp : null,
    open: finite(cells('open')),
    opened: finite(cells('opened')),
    sent: finite(cells('sent')),
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
  }
}

export function ledgerRow(cells: Cells): LedgerRow | null {
  const tUs = finite(cells('t'))
  const edge = text(cells('edge'))
  const via = text(cells('via'))
  if (tUs === null || edge === null || via === null) return null
  return { tUs, edge, via, op: text(cells('op')), data: fieldsOf(cells('data')) }
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
