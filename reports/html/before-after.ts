import type { CallSeries } from '../../src/domain/series.ts'
import type { InjectionRecord, MeasurementRow, Report, Window } from '../../src/domain/verdict.ts'
import { count, quantity, range, share } from '../text/numbers.ts'
import { type HeatRow, heatColumns } from './charts/heat.ts'
import { logScale, type ValueScale } from './charts/scale.ts'
import { injectionName } from './charts/timeline.ts'
import { foreignLabel, html, link, type Markup, type Part } from './markup.ts'
import { fill, stroke } from './palette.ts'
import { spacer } from './shapes.ts'

/** Injections told so at most; the rest are in the tables of windows. */
export const comparedMax = 15
const stripPx = 40
/** Of 1000 units of a strip's width these are the latency axis; the failed calls stand right of it. */
const latencyUnits = 880
/** Right of this a tick's label would touch the word below the failed calls. */
const ticksEndUnits = 700
/** Room for `100 ms` in 220 px, the least that a strip has. */
const tickGapUnits = 300
const quantiles = [
  ['p50', 'tool.latency.p50'],
  ['p95', 'tool.latency.p95'],
  ['p99', 'tool.latency.p99'],
] as const

interface Stretch {
  readonly name: string
  readonly window: Window
  /** Calls by row of the heat map. */
  readonly rows: readonly { readonly lowMs: number; readonly highMs: number; readonly calls: number }[]
  readonly good: number
  readonly failed: number
}

/**
 * The heat map's columns that lie wholly inside the window, as one histogram: counts add up exactly. Of a window that
 * ends where a fault begins the last column is left out, as its calls may have run into the fault and then belong there.
 */
function histogram(calls: CallSeries, window: Window): Pick<Stretch, 'rows' | 'good' | 'failed'> {
  const columns = heatColumns(calls, Number.POSITIVE_INFINITY)
  const reach = window.kind === 'clear' || window.kind === 'recovery' ? 2 : 1
  const inside = columns.totals.map((_, column) => {
    const startUs = columns.edgesUs[column] ?? 0
    const endUs = startUs + reach * calls.buckets.bucketUs
    return window.spans.some((span) => span.startUs <= startUs && endUs <= span.endUs)
  })
  const sumOf = (values: readonly number[]) =>
    values.reduce((total, value, column) => (inside[column] === true ? total + value : total), 0)
  const rows = columns.rows.map((row: HeatRow) => ({ lowMs: row.lowMs, highMs: row.highMs, calls: sumOf(row.calls) }))
  return { rows, good: rows.reduce((total, row) => total + row.calls, 0), failed: sumOf(columns.failed) }
}

/** The clear window of the phase in which the injection began; the first clear one when none holds it. */
function clearWindow(report: Report, injection: InjectionRecord): Window | undefined {
  const at = injection.requestedUs ?? injection.plannedStartUs
  const phase = report.windows.find(
    (window) => window.kind === 'phase' && window.spans.some((span) => span.startUs <= at && at < span.endUs),
  )
  const clear = report.windows.filter((window) => window.kind === 'clear')
  return clear.find((window) => window.id === `${phase?.id}.clear`) ?? clear[0]
}

function stretches(report: Report, calls: CallSeries, injection: InjectionRecord): Stretch[] {
  const during = report.windows.find((window) => window.kind === 'injection' && window.fault === injection.id)
  const after = report.windows.find((window) => window.kind === 'recovery' && window.fault === injection.id)
  const named: [string, Window | undefined][] = [
    ['without faults', clearWindow(report, injection)],
    ['during', during],
    ['after', after],
  ]
  return named.flatMap(([name, window]) =>
    window === undefined || window.spans.length === 0 ? [] : [{ name, window, ...histogram(calls, window) }],
  )
}

function measured(report: Report, window: string, measure: string): MeasurementRow | undefined {
  return report.measurements.find((row) => row.window === window && row.id === measure)
}

function quantileCell(row: MeasurementRow | undefined): Part {
  if (row === undefined) return 'not measured'
  if (row.kind === 'none' || typeof row.value !== 'number') return `too few calls: ${count(row.sampleCount)}`
  if (row.kind === 'atLeast') return `at least ${quantity(row.value, row.unit)}`
  const interval =
    row.interval === null
      ? null
      : html`<br><span class="small">${range(row.interval.low, row.interval.high, row.unit)}</span>`
  return html`${quantity(row.value, row.unit)}${interval}`
}

/** Calls and failed share as measured over the window; of the strip's buckets where the judge has no row for them. */
function callCells(report: Report, stretch: Stretch): { calls: string; failed: string } {
  const row = measured(report, stretch.window.id, 'tool.error_ratio')
  if (row !== undefined && typeof row.value === 'number') {
    return { calls: count(row.sampleCount), failed: quantity(row.value, 'ratio') }
  }
  const all = stretch.good + stretch.failed
  return { calls: count(all), failed: share(stretch.failed, all) }
}

/** The difference of two p95 with the interval that the two intervals allow. */
function difference(clear: MeasurementRow | undefined, row: MeasurementRow | undefined): string {
  if (clear?.kind !== 'value' || typeof clear.value !== 'number') return '–'
  if (row === undefined || typeof row.value !== 'number') return '–'
  const delta = row.value - clear.value
  const sign = delta < 0 ? '−' : '+'
  const size = quantity(Math.abs(delta), row.unit)
  if (row.kind === 'atLeast') return `${sign}${size} or more`
  if (row.interval === null || clear.interval === null) return `${sign}${size}`
  const low = row.interval.low - clear.interval.high
  const high = (row.interval.high ?? Number.POSITIVE_INFINITY) - clear.interval.low
  if (low <= 0 && high >= 0) return `${sign}${size}, could be none`
  return `${sign}${size}`
}

/** What all strips of an injection have in common. */
interface StripAxes {
  readonly lowestMs: number
  readonly highestMs: number
  /** The largest share that any bar stands for: the full height. */
  readonly highestShare: number
}

const tenth = (value: number) => Math.round(value * 10) / 10

/** Ticks from the left, each at least so far from the one before that their labels stay apart. */
function spacedTicks(scale: ValueScale, x: (ms: number) => number): Part {
  let freeFrom = 0
  return scale.ticks.map(({ value }) => {
    const at = x(value)
    if (at < freeFrom || at > ticksEndUnits) return null
    freeFrom = at + tickGapUnits
    return html`<text x="${tenth(at / 10)}%" y="${stripPx + 14}" font-size="12" text-anchor="${at < 40 ? 'start' : 'middle'}" ${fill('soft')}>${quantity(value, 'ms', 1)}</text>`
  })
}

/** A bar a row of the heat map, as high as its share of the stretch's calls, and apart from them the failed calls. */
function strip(stretch: Stretch, axes: StripAxes, last: boolean): Markup {
  const all = stretch.good + stretch.failed
  if (all === 0) return html`<span class="small">shorter than a bucket of the chart</span>`
  const scale = logScale(axes.lowestMs, axes.highestMs, 0, latencyUnits)
  const x = (ms: number) => tenth(latencyUnits - scale.y(ms))
  const heightPx = (calls: number) => tenth(Math.max(2, (calls / all / axes.highestShare) * (stripPx - 4)))
  const path = stretch.rows
    .filter((row) => row.calls > 0)
    .map((row) => `M${x(row.lowMs)} ${stripPx}v-${heightPx(row.calls)}H${x(row.highMs)}V${stripPx}z`)
    .join('')
  const failedPx = heightPx(stretch.failed)
  const failed =
    stretch.failed === 0
      ? null
      : html`<rect x="930" y="${tenth(stripPx - failedPx)}" width="70" height="${failedPx}" ${fill('fail')}/>`
  const failedLabel = html`<text x="100%" y="${stripPx + 14}" font-size="12" text-anchor="end" ${fill('soft')}>failed</text>`
  const name = `Distribution of latency, ${stretch.name}: ${count(stretch.good)} good and ${count(stretch.failed)} failed calls`
  return html`<svg role="img" aria-label="${name}" width="100%" height="${stripPx + (last ? 18 : 2)}" font-family="sans-serif"><svg width="100%" height="${stripPx + 1}" viewBox="0 0 1000 ${stripPx + 1}" preserveAspectRatio="none"><path d="${path}" ${fill('p50')}/>${failed}<path d="M0 ${stripPx}H1000" ${stroke('soft')} vector-effect="non-scaling-stroke"/></svg>${last ? [spacedTicks(scale, x), failedLabel] : null}</svg>`
}

function axesOf(found: readonly Stretch[]): StripAxes {
  const used = found.flatMap((stretch) => stretch.rows.filter((row) => row.calls > 0))
  const shares = found.flatMap((stretch) => {
    const all = stretch.good + stretch.failed
    return all === 0 ? [] : [...stretch.rows.map((row) => row.calls / all), stretch.failed / all]
  })
  return {
    lowestMs: used.length === 0 ? 1 : Math.min(...used.map((row) => row.lowMs)),
    highestMs: used.length === 0 ? 10 : Math.max(...used.map((row) => row.highMs)),
    highestShare: Math.max(...shares, Number.MIN_VALUE),
  }
}

function comparison(report: Report, calls: CallSeries, injection: InjectionRecord, index: number): Markup {
  const found = stretches(report, calls, injection)
  const title = html`<h3>${index + 1} ${injectionName(injection)}</h3>`
  if (found.length === 0) return html`${title}<p class="note">No window of this injection came to be.</p>`
  const axes = axesOf(found)
  const baseline = found[0]?.name === 'without faults' ? found[0] : undefined
  const clear = baseline === undefined ? undefined : measured(report, baseline.window.id, 'tool.latency.p95')
  const lastDrawn = found.findLastIndex((stretch) => stretch.good + stretch.failed > 0)
  const rows = found.map((stretch, row) => {
    const { calls: callCount, failed } = callCells(report, stretch)
    const p95 = measured(report, stretch.window.id, 'tool.latency.p95')
    const cells = quantiles.map(
      ([, measure]) => html`<td>${quantileCell(measured(report, stretch.window.id, measure))}</td>`,
    )
    return html`<tr><th scope="row">${stretch.name}<br><span class="small">${link('w', stretch.window.id)}</span></th><td class="dist text">${strip(stretch, axes, row === lastDrawn)}${spacer}</td><td>${callCount}</td><td>${failed}</td>${cells}<td>${stretch === baseline ? '–' : difference(clear, p95)}</td></tr>`
  })
  return html`${title}<div class="wide" tabindex="0" role="region" aria-label="Before, during and after injection ${foreignLabel(injection.id, 100)}"><table class="compare"><thead><tr><th scope="col">when</th><th scope="col" class="text">latency, log scale</th><th scope="col">calls</th><th scope="col">failed</th>${quantiles.map(([name]) => html`<th scope="col">${name}</th>`)}<th scope="col">p95 compared with no faults</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

/** Each injection beside the stretch without faults and the recovery after it. */
export function beforeAfterSection(report: Report, calls: CallSeries | null): Markup | null {
  if (report.injections.length === 0 || calls === null) return null
  const shown = report.injections.slice(0, comparedMax)
  const left = report.injections.length - shown.length
  return html`<section id="before-after"><h2>Before, during and after each fault</h2><p>Bars: the share of the stretch's calls by latency, on one log axis and one height for all rows of a fault, and apart from them the failed ones. Pictures are made of those buckets of the chart above that lie wholly inside the window, numbers are measured over all of it. Below a percentile: the interval in which it lies.</p>${shown.map((injection, index) => comparison(report, calls, injection, index))}${left > 0 ? html`<p class="note">Showing ${shown.length} of ${report.injections.length} injections; the measurements of all are in report.json.</p>` : null}</section>
`
}
