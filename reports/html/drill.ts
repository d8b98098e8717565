import { type PromiseKind, promiseOf } from '../../src/domain/promise.ts'
import type { DrillReport, Finding, MeasurementRow, Report } from '../../src/domain/verdict.ts'
import { boundText, measuredText } from '../text/finding-lines.ts'
import { quantity, range } from '../text/numbers.ts'
import { findingWords } from '../text/words.ts'
import { foreign, html, type Markup, type Part } from './markup.ts'
import { type Colour, fill } from './palette.ts'
import { spacer, verdictShape } from './shapes.ts'

/** What a drill is judged by, before anything else that a run is judged by. */
const kinds: readonly (readonly [name: string, kind: PromiseKind])[] = [
  ['RTO', 'rto'],
  ['RPO', 'rpo'],
  ['integrity', 'integrity'],
]

const barPx = 26
const tenth = (value: number) => Math.round(value * 10) / 10

/** A value with its interval below it, "at least" where it was not over. */
function valueCell({ kind, value, unit, interval }: MeasurementRow): Part {
  if (kind === 'none' || value === null) return 'not measured'
  if (kind === 'atLeast') return `at least ${quantity(value, unit)}`
  const isPoint = interval === null || interval.low === interval.high
  if (isPoint || typeof value === 'boolean') return quantity(value, unit)
  return html`${quantity(value, unit)}<br><span class="small">${range(interval.low, interval.high, unit)}</span>`
}

function verdictRow(name: string, finding: Finding, drill: DrillReport): Markup {
  const { verdict, bound, measured, judged } = finding
  const title = drill.results.find(({ id }) => id === finding.measure)?.title ?? finding.measure
  const word = judged
    ? html`<span class="state">${verdictShape(verdict, 16)} ${findingWords[verdict]}</span>`
    : 'information'
  return html`<tr class="v-${verdict}"><th scope="row">${title}<br><span class="small">${name}: ${foreign(finding.id)}</span></th><td>${judged ? boundText(bound) : '–'}</td><td>${measuredText(measured)}</td><td class="text">${word}</td></tr>`
}

function verdicts(report: Report, drill: DrillReport): Part {
  const rows = kinds.flatMap(([name, kind]) =>
    report.findings
      .filter(({ measure }) => promiseOf(measure) === kind)
      .map((finding) => verdictRow(name, finding, drill)),
  )
  if (rows.length === 0) return html`<p class="note">Nothing of this drill is bounded.</p>`
  return html`<div class="wide" tabindex="0" role="region" aria-label="What the drill is judged by"><table><thead><tr><th scope="col">what is promised</th><th scope="col">bound</th><th scope="col">result</th><th scope="col" class="text">verdict</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

const colours: readonly Colour[] = ['heat2', 'heat4', 'p50', 'p95', 'p99', 'pass', 'pass']

/** Of a segment: ms. One that was not over is drawn as far as was looked. */
function lengthOf({ value }: MeasurementRow): number {
  return typeof value === 'number' ? value : 0
}

/** One bar from the fault to the recovery that lasts, its segments in proportion. */
function bar(segments: DrillReport['segments']): Part {
  const whole = segments.reduce((sum, segment) => sum + lengthOf(segment), 0)
  if (whole === 0) return null
  let from = 0
  const parts = segments.map((segment, index) => {
    const width = (lengthOf(segment) / whole) * 100
    const at = from
    from += width
    const colour = colours[index % colours.length] ?? 'p50'
    const hatch = segment.synthetic
      ? html`<rect x="${tenth(at)}%" y="0" width="${tenth(Math.max(width, 0.2))}%" height="${barPx}" fill="url(#hatch)" fill-opacity="0.55"/>`
      : null
    return html`<rect x="${tenth(at)}%" y="0" width="${tenth(Math.max(width, 0.2))}%" height="${barPx}" ${fill(colour)}/>${hatch}`
  })
  const named = segments
    .map(
      ({ title, kind, value, unit }) =>
        `${title}: ${kind === 'atLeast' ? 'at least ' : ''}${quantity(value ?? 0, unit)}`,
    )
    .join('; ')
  return html`<svg role="img" aria-label="${named}" width="100%" height="${barPx}">${parts}</svg>`
}

function swatch(index: number, synthetic: boolean): Markup {
  const colour = colours[index % colours.length] ?? 'p50'
  const hatch = synthetic ? html`<rect width="14" height="14" fill="url(#hatch)" fill-opacity="0.55"/>` : null
  return html`<svg width="14" height="14" aria-hidden="true"><rect width="14" height="14" ${fill(colour)}/>${hatch}</svg>`
}

function whose({ id, synthetic }: DrillReport['segments'][number]): string {
  if (synthetic) return 'Squall’s own supervisor and route: your platform takes its own time'
  if (id === 'recovery.act') return 'your own hook'
  return id === 'recovery.decide' ? 'whoever answered' : 'the system itself'
}

function clock({ segments, results }: DrillReport): Part {
  if (segments.length === 0) return null
  const sustained = results.find(({ id }) => id === 'recovery.rto_sustained')
  const rows = segments.map(
    (segment, index) =>
      html`<tr><th scope="row" class="text"><span class="state">${swatch(index, segment.synthetic)} ${segment.title}</span></th><td>${valueCell(segment)}</td><td class="text">${whose(segment)}</td></tr>`,
  )
  const sum =
    sustained === undefined
      ? null
      : html`<tr><th scope="row" class="text">${sustained.title}</th><td>${valueCell(sustained)}</td><td class="text">all of it</td></tr>`
  return html`<h3>The recovery clock</h3>${bar(segments)}${spacer}<div class="wide" tabindex="0" role="region" aria-label="Segments of the recovery"><table><thead><tr><th scope="col" class="text">segment</th><th scope="col">took</th><th scope="col" class="text">whose</th></tr></thead><tbody>${rows}${sum}</tbody></table></div>`
}

function counted({ results }: DrillReport): Part {
  const shown = results.filter(({ id }) => id.startsWith('data.') || id.startsWith('restore.'))
  if (shown.length === 0) return null
  const rows = shown.map(
    (row) =>
      html`<tr><th scope="row">${row.title}<br><span class="small">${foreign(row.window)}</span></th><td>${valueCell(row)}</td><td class="text small">${foreign(row.method)}</td></tr>`,
  )
  return html`<h3>Write by write</h3><div class="wide" tabindex="0" role="region" aria-label="What became of the writes"><table><thead><tr><th scope="col">counted</th><th scope="col">result</th><th scope="col" class="text">how</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function script({ steps }: DrillReport): Part {
  if (steps.length === 0) return null
  return html`<h3>What was done</h3><ol>${steps.map(({ kind, text }) => html`<li><b>${kind}</b>: ${text}</li>`)}</ol>`
}

/** A recovery exercise: targets and results on top, then its clock, its writes and its steps. */
export function drillSection(report: Report): Markup | null {
  const { drill } = report
  if (drill === undefined) return null
  const expected = drill.hypothesis === '' ? null : html`<p><b>Expected:</b> ${foreign(drill.hypothesis)}</p>`
  return html`<section id="drill"><h2>The drill: ${foreign(drill.title)}</h2>${expected}${verdicts(report, drill)}${clock(drill)}${counted(drill)}${script(drill)}</section>
`
}
