import type { CallSeries } from '../../../src/domain/series.ts'
import type { Finding, MeasurementRow, Report } from '../../../src/domain/verdict.ts'
import { counted, quantity, roundQuantity } from '../../text/numbers.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { type Colour, fill, stroke } from '../palette.ts'
import { callTable } from './call-table.ts'
import { type Figure, type Label, overText, type Panel } from './frame.ts'
import { type HeatColumns, heatColours, heatColumns, heatMap, shareBars } from './heat.ts'
import { drawnLine, hatching, linePath, type Point, thinned } from './lines.ts'
import { logScale, plotUnits, type TimeScale, type ValueScale } from './scale.ts'

const heightPx = 260
const failedTopPx = 2
const failedPx = 18
const plotTopPx = 28
/** Rows below this are not worth a decade of the axis: 0.1 ms is less than a round trip on a local network. */
const lowestMsShown = 0.1

interface Percentile {
  readonly key: 'p50Ms' | 'p95Ms' | 'p99Ms'
  readonly name: string
  readonly colour: Colour
  readonly widthPx: number
  readonly dash: string | null
  /** Calls a bucket needs for an interval from order statistics (see src/measure/quantile.ts). */
  readonly needs: number
}

const percentiles: readonly Percentile[] = [
  { key: 'p99Ms', name: 'p99', colour: 'p99', widthPx: 1.6, dash: '1.5 3.5', needs: 299 },
  { key: 'p95Ms', name: 'p95', colour: 'p95', widthPx: 2.4, dash: null, needs: 59 },
  { key: 'p50Ms', name: 'p50', colour: 'p50', widthPx: 1.8, dash: '6 3', needs: 5 },
]

/** In the series -1 stands for a percentile among calls that never got a good answer: it is drawn in the failed row. */
const infinite = -1

function pointsOf(calls: CallSeries, key: Percentile['key']): Point[] {
  const { startUs, bucketUs } = calls.buckets
  return calls[key].map((value, index) => ({ us: startUs + (index + 0.5) * bucketUs, value }))
}

function yOf(latency: ValueScale): (ms: number) => number {
  return (ms) => (ms === infinite ? failedTopPx + failedPx / 2 : latency.y(ms))
}

function scaleOf(columns: HeatColumns, boundsMs: readonly number[]): ValueScale {
  const lows = columns.rows.map((row) => row.lowMs)
  const highs = columns.rows.map((row) => row.highMs)
  const lowest = Math.max(lowestMsShown, Math.min(...lows, ...boundsMs))
  const highest = Math.max(lowest * 10, ...highs, ...boundsMs)
  return logScale(lowest, highest, plotTopPx, heightPx - 4)
}

/** The bounds on latency that findings of this run carry, for all calls: at most two, the strictest first. */
function latencyBounds(findings: readonly Finding[]): { ms: number; measure: string }[] {
  const bounds = new Map<number, string>()
  for (const { measure, bound, where, judged } of findings) {
    const quantile = /^tool\.latency\.(p\d+|max)$/.exec(measure)?.[1]
    if (quantile === undefined || where?.tool !== undefined || !judged || bound.max === undefined) continue
    const ms = bound.unit === 's' ? bound.max * 1_000 : bound.max
    if (ms > 0 && !bounds.has(ms)) bounds.set(ms, quantile)
  }
  return [...bounds]
    .map(([ms, measure]) => ({ ms, measure }))
    .sort((a, b) => a.ms - b.ms)
    .slice(0, 2)
}

function rightLabels(calls: CallSeries, y: (ms: number) => number): Label[] {
  return percentiles.flatMap(({ key, name }) => {
    const last = calls[key].findLast((value) => value !== null)
    return last === undefined || last === null ? [] : [{ y: y(last), text: name }]
  })
}

function boundLines(bounds: readonly { ms: number; measure: string }[], latency: ValueScale): [Part, Part] {
  const drawn = bounds.map(({ ms }) => {
    return html`<path d="M0 ${latency.y(ms)}H${plotUnits}" ${stroke('fail')} stroke-width="1.5" stroke-dasharray="8 4" vector-effect="non-scaling-stroke"/>`
  })
  const labels = bounds.map(({ ms, measure }, index) => {
    const above = index === 0 && bounds.length === 2 && latency.y(ms) - latency.y(bounds[1]?.ms ?? ms) < 30
    const y = latency.y(ms) + (above ? 14 : -5)
    return overText(4, y, `${measure} at most ${roundQuantity(ms, 'ms')}`, 'fail')
  })
  return [drawn, labels]
}

function panel(calls: CallSeries, findings: readonly Finding[], scale: TimeScale, columns: HeatColumns): Panel {
  const bounds = latencyBounds(findings)
  const latency = scaleOf(
    columns,
    bounds.map(({ ms }) => ms),
  )
  const y = yOf(latency)
  const empty = columns.totals.flatMap((total, index) => {
    const startUs = columns.edgesUs[index] ?? 0
    return total > 0 ? [] : [{ startUs, endUs: columns.edgesUs[index + 1] ?? startUs }]
  })
  const lines = percentiles.map(({ key, colour, widthPx, dash }) => {
    return drawnLine(linePath(thinned(pointsOf(calls, key)), scale, y), colour, widthPx, dash, true)
  })
  const [boundDrawing, boundLabels] = boundLines(bounds, latency)
  const failedRow = { topPx: failedTopPx, heightPx: failedPx }
  return {
    name: `Latency of calls over time, from ${quantity(latency.ticks[0]?.value ?? 0, 'ms')} to ${quantity(latency.ticks.at(-1)?.value ?? 0, 'ms')} on a log scale, with a row for failed calls on top`,
    heightPx,
    yLabels: [
      { y: failedTopPx + failedPx / 2, text: 'failed' },
      ...latency.ticks.map(({ value, y: at }) => ({ y: at, text: quantity(value, 'ms', 1) })),
    ],
    rightLabels: rightLabels(calls, y),
    drawing: [
      heatMap(columns, scale, latency.y),
      html`<path d="M0 ${failedTopPx + failedPx + 1}H${plotUnits}" ${stroke('soft')} vector-effect="non-scaling-stroke"/>`,
      shareBars(columns.failed, columns.totals, columns.edgesUs, scale, failedRow, 'fail'),
      boundDrawing,
      lines,
    ],
    overlay: [hatching(empty, scale, heightPx), boundLabels],
  }
}

/** The p95 of a window, as the judge measured it. */
function p95In(report: Report, window: string): MeasurementRow | undefined {
  return report.measurements.find((row) => row.window === window && row.id === 'tool.latency.p95' && row.value !== null)
}

const asText = (row: MeasurementRow) =>
  `${row.kind === 'atLeast' ? 'at least ' : ''}${quantity(row.value ?? 0, row.unit)}`

/** The result in a sentence: how p95 changed from the clear stretch to the worst fault. */
function heading(report: Report, calls: CallSeries): Markup {
  const clear = report.windows.filter((window) => window.kind === 'clear' && window.judged)
  const before = clear.map((window) => p95In(report, window.id)).find((row) => row !== undefined)
  const under = report.injections.flatMap((injection) => p95In(report, injection.id) ?? [])
  const badness = (row: MeasurementRow) => (row.kind === 'atLeast' ? 1e12 : 0) + Number(row.value)
  const worst = under.toSorted((a, b) => badness(b) - badness(a))[0]
  if (before === undefined || worst === undefined) {
    const all = calls.intended.reduce((sum, count) => sum + count, 0)
    return html`Latency of ${counted(all, 'call')}`
  }
  const verb = badness(worst) > badness(before) ? 'rose' : 'went'
  return html`p95 latency ${verb} from ${asText(before)} without faults to ${asText(worst)} in <bdi>${worst.window.slice(0, 60)}</bdi>`
}

function legend(calls: CallSeries): Markup {
  const steps = heatColours.map((colour) => {
    return html`<svg width="16" height="12" aria-hidden="true"><rect width="16" height="12" ${fill(colour)}/></svg>`
  })
  const needs = percentiles
    .toReversed()
    .map(({ name, needs: calls }) => `${name} ${calls}`)
    .join(', ')
  const bucket = roundQuantity(calls.buckets.bucketUs / 1_000, 'ms')
  return html`Each cell is a stretch of time and a range of latency; the stronger its tone, the larger its share of that time's calls: up to 0.3 % ${steps} over 30 %. One call is always visible. Lines: p50 dashed, p95 solid, p99 dotted, by buckets of ${bucket} and only where a bucket has calls enough (${needs}). The top row holds calls that failed or were never answered, as bars of their share: their latency is without end, and a line that enters it is too. Hatched: no calls.`
}

/** Latency under faults: every call as a cell, percentiles over it, and a row for those that got no good answer. */
export function latencyFigure(report: Report, calls: CallSeries | null, scale: TimeScale): Figure | null {
  if (calls === null) return null
  const columns = heatColumns(calls)
  return {
    id: 'latency',
    heading: heading(report, calls),
    howToRead: legend(calls),
    panels: [panel(calls, report.findings, scale, columns)],
    shaded: true,
    table: callTable(calls),
  }
}
