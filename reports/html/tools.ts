import type { Measured, Report, ToolRow } from '../../src/domain/verdict.ts'
import { count, quantity, range, share } from '../text/numbers.ts'
import { anchor, foreign, foreignLabel, html, type Markup, type Part } from './markup.ts'
import { fill, stroke } from './palette.ts'

/** Rows at most; report.json has all tools. */
export const toolsMax = 200
const errorsShown = 4
/** A p95 of fewer calls has no interval (order statistics: 59), so the row says how few there were instead. */
const fewCalls = 59

function latency(measured: Measured, calls: number): Part {
  if (measured.kind === 'none') return calls < fewCalls ? `${count(calls)} calls: too few` : 'not measured'
  if (measured.kind === 'atLeast') return `at least ${quantity(measured.value, measured.unit)}`
  const interval =
    measured.interval === null || measured.interval.low === measured.interval.high
      ? null
      : html`<br><span class="small">${range(measured.interval.low, measured.interval.high, measured.unit)}</span>`
  return html`${quantity(measured.value, measured.unit)}${interval}`
}

function errors(row: ToolRow): Part {
  const all = Object.entries(row.errors).filter(([, calls]) => calls > 0)
  if (all.length === 0) return 'none'
  all.sort(([a, callsA], [b, callsB]) => callsB - callsA || (a < b ? -1 : 1))
  const shown = all.slice(0, errorsShown).map(([outcome, calls]) => `${foreignLabel(outcome, 40)} ${count(calls)}`)
  const left = all.length - shown.length
  return shown.join(', ') + (left > 0 ? `, ${left} more classes` : '')
}

/** p50 to p99 as a line with p95 as a stroke, on one log axis for all tools. */
function spreadMark(row: ToolRow, axis: readonly [number, number]): Part {
  const numberOf = (measured: Measured) => (typeof measured.value === 'number' ? measured.value : null)
  const [p50, p95, p99] = [numberOf(row.p50Ms), numberOf(row.p95Ms), numberOf(row.p99Ms)]
  const x = (ms: number) =>
    Math.round(((Math.log10(Math.max(ms, axis[0])) - Math.log10(axis[0])) / Math.log10(axis[1] / axis[0])) * 1_100) / 10
  const from = p50 ?? p95
  const to = p99 ?? p95
  if (from === null || to === null) return null
  const mark = p95 === null ? null : html`<rect x="${x(p95)}" y="2" width="3" height="12" ${fill('p95')}/>`
  return html`<svg width="114" height="16" aria-hidden="true"><path d="M${x(from)} 8H${Math.max(x(to), x(from) + 1)}" ${stroke('p50')} stroke-width="4"/>${mark}</svg>`
}

function axisOf(rows: readonly ToolRow[]): readonly [number, number] {
  const values = rows
    .flatMap((row) => [row.p50Ms.value, row.p99Ms.value, row.p95Ms.value])
    .filter((value): value is number => typeof value === 'number' && value > 0)
  if (values.length === 0) return [1, 10]
  const lowest = Math.min(...values)
  return [lowest, Math.max(lowest * 10, ...values)]
}

/** Tools with a missed finding first, then by their share of the time that callers waited (calls times median). */
function sorted(report: Report): ToolRow[] {
  const missed = new Set(report.findings.filter((f) => f.verdict === 'fail').map((f) => f.where?.tool))
  const weight = (row: ToolRow) => row.calls * (typeof row.p50Ms.value === 'number' ? row.p50Ms.value : 0)
  return report.tools.toSorted((a, b) => {
    const byMissed = Number(missed.has(b.tool)) - Number(missed.has(a.tool))
    return byMissed || weight(b) - weight(a) || b.calls - a.calls || (a.tool < b.tool ? -1 : 1)
  })
}

function toolRow(row: ToolRow, all: number, axis: readonly [number, number], missed: boolean): Markup {
  const good = row.goodRatio === null ? 'not measured' : quantity(row.goodRatio, 'ratio')
  const cells = [row.p50Ms, row.p95Ms, row.p99Ms, row.maxMs].map(
    (measured) => html`<td>${latency(measured, row.calls)}</td>`,
  )
  return html`<tr id="${anchor('tool', row.tool)}"><th scope="row">${foreign(row.tool)}${missed ? html` <b>missed a bound</b>` : null}</th><td>${count(row.calls)}<br><span class="small">${share(row.calls, all)}</span></td><td>${good}</td>${cells}<td>${spreadMark(row, axis)}</td><td class="text">${errors(row)}</td></tr>
`
}

/** One row a tool, in the order in which a reader should look at them. */
export function toolsSection(report: Report): Markup | null {
  if (report.tools.length === 0) return null
  const rows = sorted(report)
  const shown = rows.slice(0, toolsMax)
  const axis = axisOf(shown)
  const all = rows.reduce((total, row) => total + row.calls, 0)
  const missed = new Set(report.findings.filter((f) => f.verdict === 'fail').map((f) => f.where?.tool))
  const heads = ['calls', 'good', 'p50', 'p95', 'p99', 'longest', 'p50 to p99, log scale']
  const left = rows.length - shown.length
  return html`<section id="tools"><h2>Tools: ${rows.length}, those with missed bounds and the most time first</h2><p>Over the judged phases, faults included; a latency counts from the moment the call was due. Below a percentile: the interval in which it lies. The stroke in the last picture is p95.</p><div class="wide" tabindex="0" role="region" aria-label="Tools"><table class="sticky"><thead><tr><th scope="col">tool</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}<th scope="col" class="text">not good, by class</th></tr></thead><tbody>${shown.map((row) => toolRow(row, all, axis, missed.has(row.tool)))}</tbody></table></div>${left > 0 ? html`<p class="note">Showing ${shown.length} of ${rows.length} tools; all are in report.json.</p>` : null}</section>
`
}
