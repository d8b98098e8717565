import type { CallSeries } from '../../../src/domain/series.ts'
import { html, type Part } from '../markup.ts'
import { type Colour, fill, stroke } from '../palette.ts'
import type { TimeScale } from './scale.ts'

/** Columns of the heat map at most; more buckets than that are added up, which loses no call. */
export const heatColumnsMax = 300

/** Upper ends of the first five of six steps: a call in a second's calls. Any call at all has the first. */
export const heatSteps = [0.003, 0.01, 0.03, 0.1, 0.3] as const
export const heatColours: readonly Colour[] = ['heat1', 'heat2', 'heat3', 'heat4', 'heat5', 'heat6']

const tenth = (value: number) => Math.round(value * 10) / 10

export interface HeatRow {
  readonly lowMs: number
  readonly highMs: number
  /** Calls by column. */
  readonly calls: readonly number[]
}

export interface HeatColumns {
  readonly rows: readonly HeatRow[]
  readonly failed: readonly number[]
  /** Calls of each column, failed ones included. */
  readonly totals: readonly number[]
  readonly edgesUs: readonly number[]
}

function addedUp(values: readonly number[], group: number): number[] {
  const out: number[] = []
  values.forEach((value, index) => {
    const column = Math.floor(index / group)
    out[column] = (out[column] ?? 0) + value
  })
  return out
}

/** The heat map in at most `columnsMax` columns; rows without a call are left out. */
export function heatColumns(calls: CallSeries, columnsMax = heatColumnsMax): HeatColumns {
  const { buckets, heat } = calls
  const group = Math.max(1, Math.ceil(buckets.count / columnsMax))
  const rows = heat.calls.flatMap((counts, index) => {
    const lowMs = heat.rowLowMs[index]
    if (lowMs === undefined || !counts.some((count) => count > 0)) return []
    const highMs = heat.rowLowMs[index + 1] ?? lowMs * 10 ** 0.1
    return [{ lowMs, highMs, calls: addedUp(counts, group) }]
  })
  const failed = addedUp(heat.failed, group)
  const totals = failed.map((count, column) => rows.reduce((sum, row) => sum + (row.calls[column] ?? 0), count))
  const edgesUs = Array.from({ length: failed.length + 1 }, (_, column) => {
    return buckets.startUs + Math.min(column * group, buckets.count) * buckets.bucketUs
  })
  return { rows, failed, totals, edgesUs }
}

/** The step of `count` calls among a column's `total`: 0 to 5; null for no call. */
export function heatStep(count: number, total: number): number | null {
  if (count <= 0 || total <= 0) return null
  const step = heatSteps.findIndex((most) => count / total <= most)
  return step < 0 ? heatSteps.length : step
}

/**
 * One path a step, in units of columns. A cell is a horizontal stroke as thick as its row, cells of one step side by
 * side are one stroke, and the next one in a row is reached by a relative move: a quarter of the bytes of rectangles.
 * Rows are even, a tenth of a decade each.
 */
export function heatMap(columns: HeatColumns, scale: TimeScale, y: (ms: number) => number): Part {
  const paths = heatColours.map(() => '')
  let rowPx = 1
  for (const row of columns.rows) {
    const [top, bottom] = [y(row.highMs), y(row.lowMs)]
    rowPx = Math.max(rowPx, bottom - top)
    const ends = new Map<number, number>()
    for (const { step, from, to } of runsOf(row.calls, columns.totals)) {
      const end = ends.get(step)
      const move = end === undefined ? `M${from} ${tenth((top + bottom) / 2)}` : `m${from - end} 0`
      paths[step] += `${move}h${to - from}`
      ends.set(step, to)
    }
  }
  const left = scale.x(columns.edgesUs[0] ?? 0)
  // Measured over all columns but the last, which may be cut: one rounded column times 300 would be off by 15.
  const whole = Math.max(1, columns.edgesUs.length - 2)
  const columnUnits = Number(((scale.x(columns.edgesUs[whole] ?? 0) - left) / whole).toFixed(4))
  const drawn = paths.map((path, step) =>
    path === '' ? null : html`<path d="${path}" ${stroke(heatColours[step] ?? 'heat1')}/>`,
  )
  return html`<g transform="translate(${left} 0) scale(${columnUnits} 1)" shape-rendering="crispEdges" stroke-width="${tenth(rowPx)}">${drawn}</g>`
}

interface Run {
  readonly step: number
  readonly from: number
  readonly to: number
}

function runsOf(calls: readonly number[], totals: readonly number[]): Run[] {
  const runs: Run[] = []
  let open: { step: number; from: number } | null = null
  for (let column = 0; column <= calls.length; column++) {
    const step = column === calls.length ? null : heatStep(calls[column] ?? 0, totals[column] ?? 0)
    if (open !== null && step !== open.step) {
      runs.push({ ...open, to: column })
      open = null
    }
    if (open === null && step !== null) open = { step, from: column }
  }
  return runs
}

/** Bars of `part` in `totals` within a row of `heightPx`; any at all is at least 2.5 px high, so one call is seen. */
export function shareBars(
  part: readonly number[],
  totals: readonly number[],
  edgesUs: readonly number[],
  scale: TimeScale,
  row: { topPx: number; heightPx: number },
  colour: Colour,
): Part {
  const bottom = row.topPx + row.heightPx
  let path = ''
  let open = false
  part.forEach((count, column) => {
    const total = Math.max(totals[column] ?? 0, count)
    if (count <= 0) {
      if (open) path += `V${bottom}z`
      open = false
      return
    }
    const top = tenth(bottom - Math.max(2.5, (count / total) * row.heightPx))
    if (!open) path += `M${scale.x(edgesUs[column] ?? 0)} ${bottom}`
    path += `V${top}H${scale.x(edgesUs[column + 1] ?? 0)}`
    open = true
  })
  if (open) path += `V${bottom}z`
  return path === '' ? null : html`<path d="${path}" ${fill(colour)}/>`
}
