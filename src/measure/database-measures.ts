import { isReplicated } from '../domain/plan.ts'
import { type Lag, ReplayLag } from '../domain/replay.ts'
import { contains, type Span } from '../domain/time.ts'
import type { Interval } from '../domain/verdict.ts'
import type { DatabaseRow } from '../record/reader-rows.ts'
import { counter, increase } from './counters.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { between, exactly, none } from './measured.ts'
import { ownSessions, ownText } from './own-sessions.ts'
import type { RunView } from './run-view.ts'
import { gauge, peakWithArrivals } from './samples.ts'

const common = { windows: allWindows, perTool: false, needs: ['delivery', 'database'] } as const

/** Of all readings so far, since a follower may have stood still since long before the window. */
function lagsOf(view: RunView): readonly (Lag & { readonly tUs: number })[] {
  const replay = new ReplayLag()
  return databaseRows(view).flatMap(({ tUs, error, startedAt, written, followers }) => {
    if (error !== null || written === null) return []
    const lag = replay.read({ tUs, serverId: startedAt, written, followers })
    return lag === null ? [] : [{ ...lag, tUs }]
  })
}

/** Until the next look, or the window's end, a lag may grow by the time till then; the look before the window counts. */
function largestLag(
  view: RunView,
  spans: readonly Span[],
): { readonly interval: Interval; readonly readings: number } | null {
  const all = lagsOf(view)
  let [low, high, readings] = [0, 0, 0]
  for (const [at, lag] of all.entries()) {
    const nextUs = all[at + 1]?.tUs ?? lag.tUs
    for (const { startUs, endUs } of spans) {
      if (lag.tUs >= endUs || (lag.tUs < startUs && nextUs <= startUs)) continue
      high = Math.max(high, lag.high + (Math.min(nextUs, endUs) - lag.tUs) / 1_000)
      if (lag.tUs < startUs) continue
      low = Math.max(low, lag.low)
      readings += 1
    }
  }
  return readings === 0 ? null : { interval: { low, high }, readings }
}

type Column = 'connections' | 'deadlocks' | 'blocksHit' | 'blocksRead'

function databaseLacks(columns: readonly Column[]): (view: RunView) => string | null {
  return (view) => {
    const hasDatabase = Object.values(view.plan.stack.nodes).some((node) => node.role === 'postgres')
    if (!hasDatabase)
      return 'the stack names no PostgreSQL node that could be asked: stack.nodes.<id>: {role: postgres}'
    const answered = (view.folder.database?.rows ?? []).filter((row) => row.error === null)
    if (answered.length === 0 || (view.folder.database?.state.cut ?? null) !== null) return null
    const missing = columns.filter((column) => answered.every((row) => row[column] === null))
    return missing.length === 0 ? null : `the database does not tell ${missing.join(', ')}`
  }
}

export const databaseMeasures: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'database.connections.peak',
    title: "Most connections of the system's own to the database",
    unit: 'count',
    bounds: ['max'],
    lacking: databaseLacks(['connections']),
    compute: ({ view, stretch }) => {
      const rows = databaseRows(view)
      const open = gauge(rows, (row) => row.connections)
      // Those of others, and our own fresh ones, are counted as well: they tell of the system's only where there are none.
      const isAlone = view.plan.stack.kind !== 'external' && ownSessions(view) === null
      const method = isAlone
        ? 'sampled peak, up to all that arrived between two samples'
        : `sampled peak, up to the largest rise between two samples; ${ownText(view)}`
      const arrived = gauge(rows, (row) => (isAlone ? row.sessions : null))
      const peak = peakWithArrivals(open, arrived, stretch.spans)
      return peak === null
        ? none('no_samples', 'no sample of the database in the window', 'count', 0, method)
        : between(peak.low, { low: peak.low, high: peak.high }, 'count', peak.samples, method)
    },
  },
  {
    ...common,
    id: 'database.refused_connections',
    title: 'Connections of our own that the database refused, as it had no slot left',
    unit: 'count',
    bounds: ['max'],
    needs: ['probe'],
    lacking: (view) => (probesDatabase(view) ? null : 'nothing asks the database for connections: a link leads to it'),
    compute: ({ view, stretch }) => {
      const asked = (view.folder.probe?.rows ?? []).filter(
        ({ connection, askedUs }) => connection === 'fresh' && stretch.spans.some((span) => contains(span, askedUs)),
      )
      const method =
        'fresh connections, one each probe.every, answered by SQLSTATE 53300; those of the system are not seen'
      return asked.length === 0
        ? none('no_samples', 'no connection was asked for in the window', 'count', 0, method)
        : exactly(asked.filter(({ sqlState }) => sqlState === '53300').length, 'count', asked.length, method)
    },
  },
  {
    ...common,
    id: 'database.statement_time.mean',
    title: 'Mean time that the database took for a statement',
    unit: 'ms',
    bounds: ['max'],
    lacking: (view) =>
      databaseLacks([])(view) ??
      (databaseRows(view).some((row) => row.error === null) &&
      databaseRows(view).every((row) => row.statements === null)
        ? 'the database has no pg_stat_statements that this login may read: shared_preload_libraries, create extension'
        : null),
    compute: ({ view, stretch }) => {
      const method = "differences of pg_stat_statements' counters, Squall's own statements among them"
      const riseOf = (part: 0 | 1) =>
        increase(
          counter(databaseRows(view), (row) => row.statements?.[part] ?? null, startOf),
          stretch.spans,
        )
      const [calls, execMs] = [riseOf(0), riseOf(1)]
      if (calls === null || execMs === null || calls.value === 0)
        return none('no_samples', 'no statement was seen in the window', 'ms', 0, method)
      const interval = {
        low: execMs.interval.low / Math.max(1, calls.interval.high),
        high: execMs.interval.high / Math.max(1, calls.interval.low),
      }
      return between(execMs.value / calls.value, interval, 'ms', calls.readings, method)
    },
  },
  {
    ...common,
    id: 'database.deadlocks',
    title: 'Deadlocks that the database broke',
    unit: 'count',
    bounds: ['max'],
    lacking: databaseLacks(['deadlocks']),
    compute: ({ view, stretch }) => {
      const method = "differences of the database's counter"
      const rise = increase(
        counter(databaseRows(view), (row) => row.deadlocks, startOf),
        stretch.spans,
      )
      return rise === null
        ? none('no_samples', 'no sample of the database in the window', 'count', 0, method)
        : between(rise.value, rise.interval, 'count', rise.readings, method)
    },
  },
  {
    ...common,
    id: 'database.replay_lag.max',
    title: 'How far the last of the replicas was behind',
    unit: 'ms',
    bounds: ['max'],
    lacking: (view) => (isReplicated(view.plan) ? databaseLacks([])(view) : 'no database of the stack follows another'),
    compute: ({ view, stretch }) => {
      const method = 'age of the oldest byte of the log that was written and not replayed, sampled'
      const lag = largestLag(view, stretch.spans)
      return lag === null
        ? none('no_samples', 'nobody was seen to follow in the window', 'ms', 0, method)
        : between(lag.interval.low, lag.interval, 'ms', lag.readings, method)
    },
  },
  {
    ...common,
    id: 'database.cache_hit_ratio',
    title: 'Share of blocks that the database found in its cache',
    unit: 'ratio',
    bounds: ['min'],
    lacking: databaseLacks(['blocksHit', 'blocksRead']),
    compute: ({ view, stretch }) => {
      const method = "differences of the database's counters"
      const rows = databaseRows(view)
      const hit = increase(
        counter(rows, (row) => row.blocksHit),
        stretch.spans,
      )
      const read = increase(
        counter(rows, (row) => row.blocksRead),
        stretch.spans,
      )
      if (hit === null || read === null || hit.value + read.value === 0) {
        return none('no_samples', 'no block was asked for in the window', 'ratio', 0, method)
      }
      const low = hit.interval.low / (hit.interval.low + read.interval.high)
      const high = hit.interval.high / (hit.interval.high + read.interval.low)
      const interval = { low: Number.isNaN(low) ? 0 : low, high: Number.isNaN(high) ? 1 : high }
      return between(hit.value / (hit.value + read.value), interval, 'ratio', hit.readings, method)
    },
  },
]

/** Its statistics begin anew with a crash, and are another's after a fail-over. */
function startOf({ startedAt }: DatabaseRow): string | null {
  return startedAt
}

/** Our own connections go where links do. */
function probesDatabase({ plan: { stack } }: RunView): boolean {
  return Object.values(stack.links).some(({ to }) => stack.nodes[to]?.role === 'postgres')
}

function databaseRows(view: RunView): readonly DatabaseRow[] {
  return view.folder.database?.rows ?? []
}
