import type { Finding, Report } from '../../src/domain/verdict.ts'
import { comparison, counts, intervalText, subject, worstFirst } from '../text/finding-lines.ts'
import { foreignCharactersMax } from '../text/foreign.ts'
import { counted } from '../text/numbers.ts'
import { findingWords, measureName, reasonWords } from '../text/words.ts'
import { bullet } from './bullet.ts'
import { about, cap } from './finding-parts.ts'
import { informationTables } from './information.ts'
import { anchor, foreign, html, link, type Markup, type Part, unbroken } from './markup.ts'
import { spacer, verdictShape } from './shapes.ts'

/** Findings shown at most, worst first; report.json has all. */
export const findingsMax = 500
/** Beyond these a row has no strip: strips are half of a row's bytes. */
export const stripsMax = 60
/** Beyond these a row leaves its exact numbers to report.json. */
export const exactMax = 80
const evidenceMax = 10
const notAssessedMax = 100
/** The judge's own sentences are longer than the names in them. */
const sentenceCharactersMax = 600

function exactNumber(value: number | boolean | null): string {
  return value === null || (typeof value === 'number' && !Number.isFinite(value)) ? 'without end' : String(value)
}

/** Every field of the finding as report.json has it, so that a row can be checked against the file. */
function exact(finding: Finding): Markup {
  const { measured, bound } = finding
  const interval =
    measured.interval === null
      ? null
      : html`, interval ${exactNumber(measured.interval.low)} to ${exactNumber(measured.interval.high)}`
  const limits = [
    bound.min === undefined ? null : `min ${bound.min}`,
    bound.max === undefined ? null : `max ${bound.max}`,
    bound.is === undefined ? null : `is ${bound.is}`,
  ].filter((limit) => limit !== null)
  const value =
    measured.kind === 'none' ? 'no value' : `${measured.kind} ${exactNumber(measured.value)} ${measured.unit}`
  return html`<details><summary>exact numbers and evidence</summary><p>${value}${interval}; bound ${limits.join(', ')} ${bound.unit}; method: ${foreign(measured.method)}; ${counted(measured.sampleCount, 'sample')}; reason <code>${finding.reason}</code>; measure <code>${foreign(finding.measure)}</code>; verdict <code>${finding.verdict}</code>. ${evidence(finding)}</p></details>`
}

function evidence(finding: Finding): Part {
  if (finding.evidence.length === 0) return 'No evidence files.'
  const shown = finding.evidence.slice(0, evidenceMax)
  const left = finding.evidence.length - shown.length
  const links = shown.map((file, index) => html`${index > 0 ? ', ' : ''}${link('e', file.file)}`)
  return html`Evidence: ${links}${left > 0 ? `, and ${left} more in report.json` : ''}.`
}

function row(finding: Finding, index: number): Markup {
  const { measured } = finding
  const interval = intervalText(measured)
  const method = measured.kind === 'none' ? foreign(measured.why) : html`${counted(measured.sampleCount, 'sample')}`
  const sentenceMax = index < exactMax ? sentenceCharactersMax : foreignCharactersMax
  const strip = index < stripsMax ? bullet(finding) : null
  return html`<tr valign="top" id="${anchor('f', finding.id)}" class="v-${finding.verdict}"><th scope="row"><span class="state">${verdictShape(finding.verdict, 18)} ${findingWords[finding.verdict]}</span></th><td class="about"><b>${foreign(finding.id)}</b><br>${about(finding)}</td><td class="strip"><p class="against">${unbroken(comparison(finding))}</p>${strip === null ? null : [strip, spacer]}</td><td class="why"><p>${foreign(finding.why, sentenceMax)}</p>${finding.hint === undefined ? null : html`<p>${foreign(finding.hint, sentenceMax)}</p>`}<p class="small">${reasonWords[finding.reason] ?? finding.reason}; ${method}${interval === null ? null : `, interval ${interval}`}</p>${index < exactMax ? exact(finding) : null}</td></tr>
`
}

function table(findings: readonly Finding[]): Markup {
  return html`<table class="findings"><thead><tr><th scope="col">verdict</th><th scope="col">objective</th><th scope="col">measured against its bound</th><th scope="col">why</th></tr></thead><tbody>${findings.map((finding, index) => row(finding, index))}</tbody></table>`
}

function briefly(shown: number): Part {
  if (shown <= stripsMax) return null
  return html`<p class="note">Only the first ${stripsMax} have a strip and the first ${exactMax} their exact numbers here.</p>`
}

/** All findings as rows: those that count first, then those that are information. */
export function findingsSection(report: Report): Markup {
  const judged = worstFirst(report.findings.filter((finding) => finding.judged))
  const shown = judged.slice(0, findingsMax)
  const { met, missed, unknown } = counts(report)
  const body =
    shown.length === 0
      ? html`<p class="note">Nothing was judged in this run: it is no evidence for a launch.</p>`
      : table(shown)
  return html`<section id="findings"><h2>Findings: ${missed} missed, ${unknown} unknown, ${met} met</h2>${body}${cap(shown.length, judged.length)}${briefly(shown.length)}${informationTables(report.findings, findingsMax - shown.length)}</section>
`
}

/** What was asked for and could not be measured here; outside the verdict, and never hidden. */
export function notAssessedSection(report: Report): Markup | null {
  const { notAssessed } = report
  if (notAssessed.length === 0) return null
  const shown = notAssessed.slice(0, notAssessedMax)
  const rows = shown.map(
    (entry) =>
      html`<tr id="${anchor('f', entry.id)}"><th scope="row">${foreign(entry.id)}</th><td class="text">${foreign(measureName(entry.measure))} in ${foreign(entry.window)}</td><td class="text">${foreign(entry.why)}</td></tr>`,
  )
  return html`<section id="not-assessed"><h2>Not assessed: ${counted(notAssessed.length, 'objective')}</h2><p>These could not be assessed. They are no part of the verdict, and no evidence for it.</p><table class="plain"><thead><tr><th scope="col">objective</th><th scope="col" class="text">about</th><th scope="col" class="text">why not</th></tr></thead><tbody>${rows}</tbody></table>${cap(shown.length, notAssessed.length)}</section>
`
}

const adviceMax = 100

/** What the lints said about the plan and the target, before any load. */
export function adviceSection(report: Report): Markup | null {
  const { advice } = report
  if (advice.length === 0) return null
  const shown = advice.slice(0, adviceMax)
  const items = shown.map(
    (entry) =>
      html`<li><b>${entry.severity === 'warning' ? 'Warning' : 'Note'}</b> <code>${foreign(entry.path)}</code>: ${foreign(entry.why)}</li>`,
  )
  return html`<section id="advice"><h2>Advice on the plan and the system</h2><p>Advice never changes a verdict.</p><ul>${items}</ul>${cap(shown.length, advice.length)}</section>
`
}

/** A line of the first screen: what, and the measured beside the bound. */
export function worstLine(finding: Finding): Markup {
  return html`<li class="v-${finding.verdict}">${verdictShape(finding.verdict, 18)} <span><span class="state">${findingWords[finding.verdict]}</span> <a href="#${anchor('f', finding.id)}"><bdi>${subject(finding)}</bdi></a>: <b>${unbroken(comparison(finding))}</b></span></li>`
}
