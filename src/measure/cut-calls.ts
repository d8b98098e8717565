import type { CallTable } from '../record/reader-calls.ts'
import { generatorErrorCode, goodByCode, latencyLowMs, unsentCode } from './call-facts.ts'
import { quantileRank, sampleCountMin } from './quantile.ts'
import { there } from './there.ts'

/**
 * One slow call in a window must not excuse all that were open for as long when a fault began: so many times the p99 of
 * the others is late all the same. Of a log-normal latency with p99 = 10 × p50 less than one call in 10,000 takes longer.
 */
const lateP99sMax = 5
/** The slowest of calls that are all alike is no limit: the next one may be a little slower. */
const lateP99sMin = 2
/** A busy machine holds everything up for up to 0.4 s now and then, as gates on two cores show. */
const lateMsMin = 500

/**
 * Of the calls that were not over when a fault began, those that a window without faults has to answer for: by row, when
 * its sight of them ends, µs (docs/decisions/0012-open-at-a-fault.md).
 *
 * - A slot that was never sent: its user had kept another call waiting by then.
 * - A call that was late: open for longer than all calls of its tool that ended well, or than five times their p99; in any
 *   case for longer than twice their p99, and half a second. Of the others nothing can be said: some calls are always under
 *   way, and to cut these would make each fault look like harm before it began.
 *
 * @param ended the rows that were over in time
 * @param open when the fault began, µs, by row of those that were not
 */
export function cutByFault(
  table: CallTable,
  ended: readonly number[],
  open: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  if (open.size === 0) return open
  const lateMs = lateness(table, ended)
  return new Map(
    [...open].filter(([row, atUs]) => {
      const code = table.outcome[row]
      if (code === unsentCode) return true
      const openMs = (atUs - (table.intendedUs[row] ?? Number.NaN)) / 1000
      return code !== generatorErrorCode && openMs > lateMs(there(table.tool[row]))
    }),
  )
}

/** From when on a call of a tool is late, ms: by its own calls; where too few of them for a p99 ended well, by all as well. */
function lateness(table: CallTable, ended: readonly number[]): (tool: number) => number {
  const good = ended.filter((row) => goodByCode[there(table.outcome[row])] === true)
  const ofAll = limitMs(table, good)
  const limits = new Map<number, number>()
  for (const [tool, rows] of Map.groupBy(good, (row) => there(table.tool[row]))) {
    const own = limitMs(table, rows)
    limits.set(tool, rows.length < sampleCountMin(0.99) ? Math.max(own, ofAll) : own)
  }
  return (tool) => limits.get(tool) ?? ofAll
}

/** Infinity of no calls: what is usual is not known. */
function limitMs(table: CallTable, rows: readonly number[]): number {
  const sorted = Float64Array.from(rows, (row) => latencyLowMs(table, row)).sort()
  const slowest = sorted.at(-1) ?? Number.POSITIVE_INFINITY
  const p99 = sorted[quantileRank(0.99, sorted.length)] ?? slowest
  return Math.max(lateMsMin, lateP99sMin * p99, Math.min(slowest, lateP99sMax * p99))
}
