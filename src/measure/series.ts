import type { PoolSeries, ProcessSeries, Samples, Series, TimeBuckets } from '../domain/series.ts'
import { usPerSecond } from '../domain/time.ts'
import type { HostRow, PoolRow } from '../record/reader-rows.ts'
import { steal } from '../record/streams.ts'
import type { InstancePool } from './instance-pools.ts'
import { poolMax } from './pool-readings.ts'
import type { RunView } from './run-view.ts'
import { highest } from './samples.ts'
import { secondMarks } from './second-marks.ts'
import { callSeriesOf } from './series-calls.ts'
import { plannedLoadEndUs } from './windows.ts'

/** More buckets than a screen has columns show nothing more: at most 900 a path. */
const bucketsMax = 900
/** Of longer runs each bucket keeps its lowest and its highest sample. */
const samplesMax = 2 * bucketsMax
const bytesPerMiB = 1024 * 1024

/** What charts are drawn from. Streams that the run folder lacks are null. */
export function seriesOf(view: RunView): Series {
  const endUs = Math.max(usPerSecond, plannedLoadEndUs(view.plan), view.end.tUs)
  const seconds = Math.ceil(endUs / usPerSecond)
  const bucketUs = Math.ceil(seconds / bucketsMax) * usPerSecond
  const buckets: TimeBuckets = { startUs: 0, bucketUs, count: Math.ceil(endUs / bucketUs) }
  const { pool, database } = view.folder
  return {
    startUs: 0,
    endUs,
    calls: view.table === null ? null : callSeriesOf(view.table, buckets),
    pool: pool === null ? null : fullestPool(view.pools, endUs),
    databaseConnections:
      database === null
        ? null
        : samplesOf(database.rows, (row) => (row.error === null ? row.connections : null), endUs),
    databaseMax: database?.rows.findLast((row) => row.maxConnections !== null)?.maxConnections ?? null,
    processes: processSeries(
      (view.folder.host?.rows ?? []).filter(({ process }) => process !== steal),
      endUs,
    ),
  }
}

/** Of several instances the one with the most in use: where callers waited, if anywhere. */
function fullestPool(pools: readonly InstancePool[], endUs: number): PoolSeries {
  const used = (rows: readonly PoolRow[]): number => highest(rows.map((row) => row.used ?? Number.NEGATIVE_INFINITY))
  const [fullest = { instance: null, server: null, rows: [] }] = pools.toSorted((a, b) => used(b.rows) - used(a.rows))
  const { instance, rows } = fullest
  return { ...(instance === null ? {} : { instance }), ...poolSeries(rows, endUs) }
}

function poolSeries(rows: readonly PoolRow[], endUs: number): PoolSeries {
  const marks = secondMarks(rows, 'usedHigh').map((mark) => ({ tUs: Math.round(mark.startUs), peak: mark.peak }))
  return {
    used: samplesOf(rows, (row) => (row.error === null ? row.used : null), endUs),
    pending: samplesOf(rows, (row) => (row.error === null ? row.pending : null), endUs),
    max: poolMax(rows),
    usedHighWater: samplesOf(marks, (mark) => mark.peak, endUs),
  }
}

function processSeries(rows: readonly HostRow[], endUs: number): readonly ProcessSeries[] {
  const names = [...new Set(rows.map((row) => row.process))].sort()
  return names.map((process) => {
    const own = rows.filter((row) => row.process === process)
    const before = new Map(own.map((row, at) => [row, own[at - 1] ?? null]))
    return {
      process,
      cpu: samplesOf(own, (row) => cpuShare(before.get(row) ?? null, row), endUs),
      rssMiB: samplesOf(own, (row) => (row.rssBytes === null ? null : rounded(row.rssBytes / bytesPerMiB, 1)), endUs),
    }
  })
}

/** null where it cannot be told: the first sample, and the first of a process that was started again. */
function cpuShare(before: HostRow | null, row: HostRow): number | null {
  if (before === null || before.cpuUs === null || row.cpuUs === null || before.pid !== row.pid) return null
  if (row.tUs <= before.tUs || row.cpuUs < before.cpuUs) return null
  return rounded((row.cpuUs - before.cpuUs) / (row.tUs - before.tUs), 4)
}

/** The samples of the run itself, thinned if they are many; never across a gap, which stays null. */
function samplesOf<Row extends { readonly tUs: number }>(
  rows: readonly Row[],
  read: (row: Row) => number | null,
  endUs: number,
): Samples {
  const points = rows
    .filter((row) => row.tUs >= 0 && row.tUs <= endUs)
    .map((row): readonly [number, number | null] => [row.tUs, read(row)])
  const kept = points.length <= samplesMax ? points : thinned(points, endUs / bucketsMax)
  return { timeUs: kept.map(([timeUs]) => timeUs), value: kept.map(([, value]) => value) }
}

function thinned(
  points: readonly (readonly [number, number | null])[],
  widthUs: number,
): readonly (readonly [number, number | null])[] {
  const groups = Map.groupBy(points, ([timeUs]) => Math.floor(timeUs / widthUs))
  return [...groups.values()].flatMap((group) => {
    const gap = group.find(([, value]) => value === null)
    const known = group.flatMap(([timeUs, value]) => (value === null ? [] : [[timeUs, value] as const]))
    const [low] = known.toSorted(([, a], [, b]) => a - b)
    const [high] = known.toSorted(([, a], [, b]) => b - a)
    const kept = new Set([low, high, gap].filter((point) => point !== undefined))
    return [...kept].sort(([a], [b]) => a - b)
  })
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
