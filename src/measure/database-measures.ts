import type { DatabaseRow } from '../record/reader-rows.ts'
import { counter, increase } from './counters.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { between, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { gauge, peakWithArrivals } from './samples.ts'

const common = { windows: allWindows, perTool: false, needs: ['delivery', 'database'] } as const

type Column = 'connections' | 'deadlocks' | 'blocksHit' | 'blocksRead'

function databaseLacks(columns: readonly Column[]): (view: RunView) => string | null {
  return (view) => {
    const hasDatabase = Object.values(view.plan.stack.nodes).some((node) => node.role === 'postgres')
    if (!hasDatabase) return 'the stack names no PostgreSQL node that could be asked'
    const answered = (view.folder.database?.rows ?? []).filter((row) => row.error === null)
    if (answered.length === 0) return null
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
      const method = 'sampled peak, up to all that arrived between two samples'
      const rows = databaseRows(view)
      const open = gauge(rows, (row) => row.connections)
      const arrived = gauge(rows, (row) => row.sessions)
      const peak = peakWithArrivals(open, arrived, stretch.spans)
      return peak === null
        ? none('no_samples', 'no sample of the database in the window', 'count', 0, method)
        : between(peak.low, { low: peak.low, high: peak.high }, 'count', peak.samples, method)
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
        counter(databaseRows(view), (row) => row.deadlocks),
        stretch.spans,
      )
      return rise === null
        ? none('no_samples', 'no sample of the database in the window', 'count', 0, method)
        : between(rise.value, rise.interval, 'count', rise.readings, method)
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
      const blocks = (hit?.value ?? 0) + (read?.value ?? 0)
      if (hit === null || read === null || blocks === 0) {
        return none('no_samples', 'no block was asked for in the window', 'ratio', 0, method)
      }
      const low = hit.interval.low / (hit.interval.low + read.interval.high)
      const high = hit.interval.high / (hit.interval.high + read.interval.low)
      const interval = { low: Number.isNaN(low) ? 0 : low, high: Number.isNaN(high) ? 1 : high }
      return between(hit.value / blocks, interval, 'ratio', hit.readings, method)
    },
  },
]

function databaseRows(view: RunView): readonly DatabaseRow[] {
  return view.folder.database?.rows ?? []
}
