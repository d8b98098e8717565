import { type PromiseKind, promised } from '../../src/domain/promise.ts'
import type { Report, Verdict } from '../../src/domain/verdict.ts'
import { worst } from '../../src/domain/verdict.ts'
import { boundText, measuredText } from '../text/finding-lines.ts'
import { utc } from '../text/time.ts'
import { findingWords, runWords } from '../text/words.ts'
import { renderDocument } from './document.ts'
import { foreign, html, type Markup, type Part } from './markup.ts'
import { verdictShape } from './shapes.ts'
import { documentStyle } from './style.ts'

/** One drill of several that were carried out together. */
export interface DrillOnPage {
  readonly name: string
  /** null: it could not be carried out. */
  readonly report: Report | null
  /** Of its own report, from this page. */
  readonly href: string
}

/** Bound and result of what the drill promises. */
function cellsOf(report: Report | null, kind: PromiseKind): readonly [bound: Part, result: Part] {
  const finding = promised(report?.findings ?? [], kind)
  return finding === undefined ? ['–', '–'] : [boundText(finding.bound), measuredText(finding.measured)]
}

function row({ name, report, href }: DrillOnPage): Markup {
  const verdict = report?.verdict ?? 'unknown'
  const word = report === null ? 'not carried out' : findingWords[verdict]
  const [rtoBound, rto] = cellsOf(report, 'rto')
  const [rpoBound, rpo] = cellsOf(report, 'rpo')
  const title = report?.drill?.title ?? ''
  const named = report === null ? html`<b>${foreign(name)}</b>` : html`<a href="${href}"><b>${foreign(name)}</b></a>`
  return html`<tr class="v-${verdict}"><th scope="row">${named}<br><span class="small">${foreign(title)}</span></th><td>${rtoBound}</td><td>${rto}</td><td>${rpoBound}</td><td>${rpo}</td><td class="text"><span class="state">${verdictShape(verdict, 16)} ${word}</span></td></tr>`
}

/** The worst of them: what was not carried out proves nothing. */
export function verdictOfDrills(drills: readonly DrillOnPage[]): Verdict {
  return worst(drills.map(({ report }) => report?.verdict ?? 'unknown'))
}

/** The quarterly run's page: a line a drill, each with its own report. Self-contained, as report.html. */
export function renderDrillsPage(drills: readonly DrillOnPage[]): string {
  const verdict = verdictOfDrills(drills)
  const passed = drills.filter(({ report }) => report?.verdict === 'pass').length
  const when = drills.flatMap(({ report }) => (report === null ? [] : [report.run.startedAt])).toSorted()
  const from = when[0] === undefined ? '' : `, from ${utc(when[0])}`
  return renderDocument({
    title: `Drills: ${runWords[verdict]}`,
    style: documentStyle(`Squall drills, ${drills.length}`),
    main: html`<header class="first v-${verdict}"><p class="kicker">Squall recovery drills</p><h1>${verdictShape(verdict, 44)} <span class="word">${runWords[verdict]}</span></h1><p class="summary">${passed} of ${drills.length} drills hold${from}.</p></header>
<section><h2>What was promised, and what came of it</h2><div class="wide" tabindex="0" role="region" aria-label="All drills"><table><thead><tr><th scope="col">drill</th><th scope="col">RTO bound</th><th scope="col">RTO</th><th scope="col">RPO bound</th><th scope="col">RPO</th><th scope="col" class="text">verdict</th></tr></thead><tbody>${drills.map(row)}</tbody></table></div><p class="small">RTO: from the fault until it works again, for 5 s, through the whole path. RPO: acknowledged writes that are not there afterwards, counted or as the stretch of the past that is gone. Each drill's own page has its clock, its writes and its evidence.</p></section>`,
  })
}
