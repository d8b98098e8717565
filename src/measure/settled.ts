import { contains, type Span, usPerSecond } from '../domain/time.ts'
import type { CallTable } from '../record/reader-calls.ts'
import type { DatabaseRow, PoolRow } from '../record/reader-rows.ts'
import { goodByCode, latencyHighMs } from './call-facts.ts'
import { type CallSeconds, eachRowNear } from './call-seconds.ts'
import type { LaunchBounds } from './launch-bounds.ts'
import { quantileRank } from './quantile.ts'
import { gauge, highest, silence, valuesWithin } from './samples.ts'
import { secondMarks } from './second-marks.ts'
import { there } from './there.ts'

/** For how long a system must be within its bounds before it counts as settled (docs/reading-a-report.md). */
export const settledForUs = 5 * usPerSecond

export interface Settling {
  /** The first whole second of run time from which all was well for 5 s; null: not seen by the horizon. */
  readonly settledUs: number | null
  /** The first second that may have been it, had there been evidence; null: none was missing before. */
  readonly blindFromUs: number | null
  /** How far one could look: the next injection, or the end of the load. */
  readonly horizonUs: number
}

interface ObservedPool {
  readonly rows: readonly PoolRow[]
  readonly everyMs: number
}

interface SettlingEvidence {
  readonly table: CallTable
  readonly index: CallSeconds
  /** Calls from here on may be missing. */
  readonly callsWholeUntilUs: number
  /** Each instance's; none: the pool is not observed, or does not tell who waits: nobody is known to wait. */
  readonly pools: readonly ObservedPool[]
  /** null: no launch bound is about the database. */
  readonly database: { readonly rows: readonly DatabaseRow[]; readonly everyMs: number } | null
  readonly bounds: LaunchBounds
}

type State = 'well' | 'unwell' | 'blind'

/** When the system was within the launch bounds again after `fromUs`, looking no further than `horizonUs`. */
export function settle(evidence: SettlingEvidence, fromUs: number, horizonUs: number): Settling {
  const looks = [...evidence.pools.map((pool) => poolLook(pool, evidence.bounds)), connectionsLook(evidence)]
  let blindFromUs: number | null = null
  const first = Math.ceil(fromUs / usPerSecond) * usPerSecond
  for (let startUs = first; startUs + settledForUs <= horizonUs; startUs += usPerSecond) {
    const span = { startUs, endUs: startUs + settledForUs }
    const state = looks.reduce((sofar, look) => worse(sofar, look(span)), callsState(evidence, span))
    if (state === 'well') return { settledUs: startUs, blindFromUs, horizonUs }
    if (state === 'blind') blindFromUs ??= startUs
  }
  return { settledUs: null, blindFromUs, horizonUs }
}

function worse(a: State, b: State): State {
  if (a === 'unwell' || b === 'unwell') return 'unwell'
  return a === 'blind' || b === 'blind' ? 'blind' : 'well'
}

function callsState({ table, index, callsWholeUntilUs, bounds }: SettlingEvidence, span: Span): State {
  if (span.endUs > callsWholeUntilUs) return 'blind'
  const latencies: number[] = []
  let bad = 0
  eachRowNear(index, span.startUs, span.endUs, (row) => {
    if (!contains(span, there(table.intendedUs[row]))) return
    latencies.push(latencyHighMs(table, row))
    if (!there(goodByCode[there(table.outcome[row])])) bad += 1
  })
  if (latencies.length === 0) return 'blind'
  // By the nearest rank, which for fewer than 20 calls is the slowest of them.
  const p95Ms = there(Float64Array.from(latencies).sort()[quantileRank(0.95, latencies.length)])
  const slow = bounds.latencyMsP95Max !== null && p95Ms > bounds.latencyMsP95Max
  const failing = bounds.errorRatioMax !== null && bad / latencies.length > bounds.errorRatioMax
  return slow || failing ? 'unwell' : 'well'
}

/**
 * Whether anybody waited for a connection, or more were in use than a launch allows: by the gauges, and by the marks of
 * seconds that lie within the span.
 */
function poolLook({ rows, everyMs }: ObservedPool, bounds: LaunchBounds): (span: Span) => State {
  const size = rows.findLast((row) => row.max !== null)?.max ?? null
  const usedMax = bounds.poolUsedRatioMax === null || size === null ? null : bounds.poolUsedRatioMax * size
  const limits = [
    { values: gauge(rows, (row) => row.pending), marks: secondMarks(rows, 'pendingHigh'), max: 0 },
    { values: gauge(rows, (row) => row.used), marks: secondMarks(rows, 'usedHigh'), max: usedMax },
  ].flatMap(({ max, marks, ...rest }) =>
    max === null ? [] : [{ ...rest, max, above: marks.filter(({ peak }) => peak > max) }],
  )
  // A page that answers without these gauges is no look at them.
  const told = rows.filter((row) => row.pending !== null && (usedMax === null || row.used !== null))
  return (span) => {
    const isBeyond = limits.some(
      ({ values, max, above }) =>
        highest(valuesWithin(values, span)) > max ||
        above.some(
          ({ startUs, slackUs }) => startUs - slackUs >= span.startUs && startUs + usPerSecond + slackUs <= span.endUs,
        ),
    )
    if (isBeyond) return 'unwell'
    return silence(told, [span], everyMs) === null ? 'well' : 'blind'
  }
}

/** Whether the system had more connections open than a launch allows: what an outage has opened is closed by and by. */
function connectionsLook({ database, bounds }: SettlingEvidence): (span: Span) => State {
  const { connectionsMax } = bounds
  if (database === null || connectionsMax === null) return () => 'well'
  const { rows, everyMs } = database
  const open = gauge(rows, (row) => row.connections)
  return (span) => {
    if (highest(valuesWithin(open, span)) > connectionsMax) return 'unwell'
    return silence(rows, [span], everyMs) === null ? 'well' : 'blind'
  }
}
