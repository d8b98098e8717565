import { outcomes } from '../domain/outcome.ts'
import type { CallSeries, TimeBuckets } from '../domain/series.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { goodByCode, latencyLowMs } from './call-facts.ts'
import { quantileRank, sampleCountMin } from './quantile.ts'
import { there } from './there.ts'

const rowsPerDecade = 10
/** A call faster than this shares the lowest row: 0.1 ms is below what a call over a socket takes. */
const lowestMs = 0.1
/** How a latency without an end is written: JSON has no Infinity. */
const infinite = -1

/** Calls over time, by their intended start. */
export function callSeriesOf(table: CallTable, buckets: TimeBuckets): CallSeries {
  const latencies = Array.from({ length: buckets.count }, (): number[] => [])
  const byCode = outcomes.map(() => new Array<number>(buckets.count).fill(0))
  const intended = new Array<number>(buckets.count).fill(0)
  const failed = new Array<number>(buckets.count).fill(0)
  const heat: number[][] = []
  for (let row = 0; row < table.count; row++) {
    const bucket = Math.floor((there(table.intendedUs[row]) - buckets.startUs) / buckets.bucketUs)
    if (bucket < 0 || bucket >= buckets.count) continue
    const ms = latencyLowMs(table, row)
    const code = there(table.outcome[row])
    add(intended, bucket)
    add(there(byCode[code]), bucket)
    there(latencies[bucket]).push(ms)
    if (goodByCode[code] === true) add(heatRow(heat, ms, buckets.count), bucket)
    else add(failed, bucket)
  }
  return {
    buckets,
    intended,
    byOutcome: Object.fromEntries(
      byCode
        .map((counts, code) => [there(outcomes[code]), counts] as const)
        .filter(([, counts]) => counts.some((count) => count > 0)),
    ),
    ...percentiles(latencies),
    heat: cropped(heat, failed),
  }
}

function percentiles(latencies: readonly number[][]): Pick<CallSeries, 'p50Ms' | 'p95Ms' | 'p99Ms'> {
  const sorted = latencies.map((values) => Float64Array.from(values).sort())
  const line = (p: number): (number | null)[] =>
    sorted.map((values) => {
      const value = values[quantileRank(p, values.length)]
      if (value === undefined || values.length < sampleCountMin(p)) return null
      return Number.isFinite(value) ? Number(value.toFixed(3)) : infinite
    })
  return { p50Ms: line(0.5), p95Ms: line(0.95), p99Ms: line(0.99) }
}

function heatRow(heat: number[][], ms: number, count: number): number[] {
  const at = Math.max(0, Math.floor(rowsPerDecade * Math.log10(ms / lowestMs) + 1e-9))
  while (heat.length <= at) heat.push(new Array<number>(count).fill(0))
  return there(heat[at])
}

/** Rows below the fastest call are left out; those between calls stay, so that the scale is even. */
function cropped(heat: readonly (readonly number[])[], failed: readonly number[]): CallSeries['heat'] {
  const first = heat.findIndex((row) => row.some((calls) => calls > 0))
  // -1 of no row at all, of which any slice is empty.
  const calls = heat.slice(first)
  const rowLowMs = calls.map((_, at) => Number((lowestMs * 10 ** ((first + at) / rowsPerDecade)).toPrecision(4)))
  return { rowLowMs, calls, failed }
}

function add(counts: number[], at: number): void {
  counts[at] = there(counts[at]) + 1
}
