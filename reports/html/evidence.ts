import type { Evidence, MeasurementRow, Report } from '../../src/domain/verdict.ts'
import { count, quantity, range } from '../text/numbers.ts'
import { stretch, utc } from '../text/time.ts'
import { windowKindWords } from '../text/words.ts'
import { anchor, foreign, html, type Markup, type Part } from './markup.ts'

export const errorsMax = 20
export const windowsMax = 100
export const measurementsMax = 200
const evidenceMax = 100
const spansMax = 8
const namesMax = 60

function capped(shown: number, all: number): Part {
  return shown < all ? html`<p class="note">Showing ${shown} of ${all}; all are in report.json.</p>` : null
}

/** The most frequent error texts, as the system under test gave them. */
export function errorsSection(report: Report): Markup {
  const { rows, omitted } = report.errors
  const shown = rows.slice(0, errorsMax)
  const left = rows.length - shown.length + omitted
  const body = shown.map(
    (row) =>
      html`<tr><th scope="row">${foreign(row.outcome)}</th><td class="text">${foreign(row.text)}</td><td>${count(row.calls)}</td></tr>`,
  )
  const table = html`<table class="plain"><thead><tr><th scope="col">outcome</th><th scope="col" class="text">what the answer said</th><th scope="col">calls</th></tr></thead><tbody>${body}</tbody></table>`
  const rest =
    left > 0
      ? html`<p class="note">${count(left)} more kinds of error are in the calls files, as rows <code>{"dict":["error",…]}</code>.</p>`
      : null
  return html`<section id="errors"><h2>Errors: ${rows.length === 0 ? 'none was recorded with a text' : 'the most frequent texts'}</h2>${rows.length === 0 ? null : table}${rest}</section>
`
}

function measuredCell(row: MeasurementRow): Part {
  if (row.value === null) return 'not measured'
  return `${row.kind === 'atLeast' ? 'at least ' : ''}${quantity(row.value, row.unit)}`
}

function measurementTable(measurements: readonly MeasurementRow[]): Markup {
  if (measurements.length === 0) return html`<p class="note">Nothing was measured in any of them.</p>`
  const shown = measurements.slice(0, measurementsMax)
  const rows = shown.map((row) => {
    const interval = row.interval === null ? '–' : range(row.interval.low, row.interval.high, row.unit)
    return html`<tr><th scope="row"><code>${foreign(row.id)}</code></th><td class="text">${foreign(row.window)}</td><td>${measuredCell(row)}</td><td>${interval}</td><td>${count(row.sampleCount)}</td><td class="text">${foreign(row.method)}</td></tr>`
  })
  return html`<details><summary>All ${measurements.length} measurements</summary><div class="wide" tabindex="0" role="region" aria-label="Measurements"><table><thead><tr><th scope="col">measure</th><th scope="col" class="text">window</th><th scope="col">value</th><th scope="col">interval</th><th scope="col">samples</th><th scope="col" class="text">method</th></tr></thead><tbody>${rows}</tbody></table></div>${capped(shown.length, measurements.length)}</details>`
}

/** The stretches that findings are about, and everything measured in them. */
export function windowsSection(report: Report): Markup {
  const shown = report.windows.slice(0, windowsMax)
  const rows = shown.map((window) => {
    const spans = window.spans.slice(0, spansMax).map(stretch).join(', ')
    const left = window.spans.length - spansMax
    const when = window.spans.length === 0 ? 'never came to be' : spans + (left > 0 ? ` and ${left} more` : '')
    const first = window.spans[0]
    const at = first === undefined ? '–' : utc(report.run.startedAt, first.startUs)
    return html`<tr id="${anchor('w', window.id)}"><th scope="row">${foreign(window.id)}</th><td class="text">${windowKindWords[window.kind]}</td><td class="text">${when}</td><td>${at}</td><td>${window.judged ? 'yes' : 'no'}</td></tr>`
  })
  return html`<section id="windows"><h2>Windows</h2><p>Every finding is about one of these stretches of the run. Seconds count from the start of the load.</p><div class="wide" tabindex="0" role="region" aria-label="Windows"><table><thead><tr><th scope="col">window</th><th scope="col" class="text">what it is</th><th scope="col" class="text">run time</th><th scope="col">from, UTC</th><th scope="col">judged</th></tr></thead><tbody>${rows}</tbody></table></div>${capped(shown.length, report.windows.length)}${measurementTable(report.measurements)}</section>
`
}

/** Each file once, by path: findings share most of them. */
export function evidenceFiles(report: Report): Evidence[] {
  const files = new Map<string, Evidence>()
  for (const finding of report.findings) for (const file of finding.evidence) files.set(file.file, file)
  return [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1))
}

function nameRows(record: Readonly<Record<string, string | number>>): Part {
  return Object.entries(record)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, namesMax)
    .map(
      ([name, value]) =>
        html`<tr><th scope="row">${foreign(name)}</th><td class="text">${foreign(String(value))}</td></tr>`,
    )
}

/** What the run was made with and the files that the verdict rests on. */
export function environmentSection(report: Report): Markup {
  const { run, load } = report
  const files = evidenceFiles(report)
  const shown = files.slice(0, evidenceMax)
  const late = load.latePermille === null ? 'not measured' : `${quantity(load.latePermille / 1_000, 'ratio')} of calls`
  const rows = shown.map(
    (file) =>
      html`<tr id="${anchor('e', file.file)}"><th scope="row">${foreign(file.file)}</th><td class="text hash"><code>${foreign(file.sha256)}</code></td></tr>`,
  )
  const evidence =
    files.length === 0
      ? html`<p class="note">No finding rests on a file.</p>`
      : html`<table class="plain"><thead><tr><th scope="col">file in the run folder</th><th scope="col" class="text">SHA-256</th></tr></thead><tbody>${rows}</tbody></table>${capped(shown.length, files.length)}`
  return html`<section id="environment"><h2>Environment and evidence</h2><table class="plain"><tbody><tr><th scope="row">run</th><td class="text">${foreign(run.id)}</td></tr><tr><th scope="row">started</th><td class="text">${utc(run.startedAt)}</td></tr><tr><th scope="row">seed</th><td class="text">${String(run.seed)}</td></tr><tr><th scope="row">ended</th><td class="text">${foreign(run.ended)}</td></tr><tr><th scope="row">exit code</th><td class="text">${String(report.exitCode)}</td></tr><tr><th scope="row">late by the generator's own doing</th><td class="text">${late}</td></tr>${nameRows(run.versions)}${nameRows(run.environment)}</tbody></table><h3>Files that the findings rest on</h3>${evidence}</section>
`
}
