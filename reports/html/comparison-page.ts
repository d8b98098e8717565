import { relative } from 'node:path'
import type { ComparedSide, Comparison, ComparisonRow, ComparisonVerdict } from '../../src/domain/comparison.ts'
import type { Verdict } from '../../src/domain/verdict.ts'
import {
  comparisonTitles,
  comparisonWords,
  differenceText,
  intervalText,
  limitsText,
  sideText,
} from '../text/comparison-lines.ts'
import { cut } from '../text/foreign.ts'
import { counted } from '../text/numbers.ts'
import { utc } from '../text/time.ts'
import { measureName } from '../text/words.ts'
import { differenceStrip } from './difference-strip.ts'
import { renderDocument } from './document.ts'
import { foreign, html, type Markup, type Part, unbroken } from './markup.ts'
import { spacer, verdictShape } from './shapes.ts'
import { documentStyle } from './style.ts'

const asVerdict: Readonly<Record<ComparisonVerdict, Verdict>> = {
  regression: 'fail',
  too_little_evidence: 'unknown',
  improvement: 'pass',
  no_difference_shown: 'pass',
}

const narrow =
  '@media screen and (max-width:860px){.differences,.differences tbody,.differences tr,.differences td,.differences tbody th{display:block;width:100%!important;text-align:left;border:0;padding:2px 0}' +
  '.differences{min-width:0}.differences thead{display:none}.differences tr{border-bottom:1px solid var(--grid);padding:12px 0}.differences .label{display:inline}}'

const look =
  '.differences{width:100%;min-width:900px}.differences td{vertical-align:middle}.differences tbody th{vertical-align:middle;width:19%;white-space:normal}' +
  '.differences .strip{width:24%;padding-right:22px}.differences .strip svg{min-width:170px;overflow:visible}.differences td.text{width:24%;white-space:normal}' +
  '.differences .key{font-weight:400}.differences .label{display:none}' +
  `.forced{border-left:4px solid var(--fail);padding:8px 12px;background:var(--beyond);margin:12px 0}.forced table{min-width:560px}.forced tbody th{white-space:nowrap}${narrow}`

/** A self-contained page, as report.html; `folder`: where it will lie, so that it can lead to the runs' own reports. */
export function renderComparisonPage(comparison: Comparison, folder: string): string {
  const { verdict, summary, foreign: unlike, notes, rows, windowsLeftOut } = comparison
  const windows = [...new Set(rows.map(({ window }) => window))]
  const title = unlike.length === 0 ? comparisonTitles[verdict] : `${comparisonTitles[verdict]}, forced`
  return renderDocument({
    title: `Comparison: ${title}`,
    style: documentStyle('Squall comparison') + look,
    main: html`<header class="v-${asVerdict[verdict]}"><p class="kicker">Squall comparison</p><h1>${verdictShape(asVerdict[verdict], 44)} <span class="word">${title}</span></h1><p class="summary">${foreign(summary, 2_000)}</p></header>
${forced(comparison)}
${notes.map((note) => html`<p class="note">${foreign(note, 600)}</p>`)}
${facts(comparison, folder)}
${windows.map((window) =>
  windowSection(
    window,
    rows.filter((row) => row.window === window),
    unlike.length > 0,
  ),
)}
${windowsLeftOut.length === 0 ? null : html`<p class="small">Not in all runs, so not compared: ${foreign(windowsLeftOut.join(', '), 600)}.</p>`}
${howToRead(comparison)}`,
  })
}

function forced({ foreign: unlike, base }: Comparison): Part {
  if (unlike.length === 0) return null
  const rows = unlike.map(
    ({ what, base: one, other, run }) =>
      html`<tr><th scope="row">${foreign(what)}</th><td class="text">${foreign(one)}</td><td class="text">${foreign(other)}</td><td class="text">${foreign(run)}</td></tr>`,
  )
  return html`<div class="forced"><p><b>Compared by force.</b> These runs are not alike in what they ran on or under, so a difference may be no difference of the system.</p><div class="wide" tabindex="0" role="region" aria-label="What is not alike"><table><thead><tr><th scope="col">what</th><th scope="col" class="text">${foreign(base.runs[0]?.id ?? 'base')}</th><th scope="col" class="text">other</th><th scope="col" class="text">run</th></tr></thead><tbody>${rows}</tbody></table></div></div>`
}

function facts({ base, head, limits, rows }: Comparison, folder: string): Markup {
  const count = (wanted: ComparisonVerdict) => rows.filter(({ verdict }) => verdict === wanted).length
  const found = [
    counted(count('regression'), 'regression'),
    counted(count('improvement'), 'improvement'),
    `${count('no_difference_shown')} without a difference shown`,
    `${count('too_little_evidence')} with too little evidence`,
  ]
  const lines: readonly (readonly [string, Part])[] = [
    ['Base', side(base, folder)],
    ['Head', side(head, folder)],
    ['Compared', `${counted(rows.length, 'measure')}: ${found.join(', ')}`],
    ['Counts', html`at least ${unbroken(limitsText(limits))}`],
  ]
  const written = lines.map(([name, text]) => html`<tr><th scope="row">${name}</th><td>${text}</td></tr>`)
  return html`<table class="facts"><tbody>${written}</tbody></table>`
}

function side({ plan, runs, environment }: ComparedSide, folder: string): Markup {
  const listed = runs.map(({ id, folder: at, startedAt }, index) => {
    const href = `${encodeURI(relative(folder, at))}/report.html`
    return html`${index === 0 ? '' : ', '}<a href="${href}">${foreign(id)}</a> (${utc(startedAt)})`
  })
  return html`${foreign(plan)}, ${counted(runs.length, 'run')}: ${listed}; environment <span class="hash">${foreign(environment)}</span>`
}

function windowSection(window: string, rows: readonly ComparisonRow[], isForced: boolean): Markup {
  const mark = isForced ? ', by force' : ''
  return html`<section><h2>${foreign(window)}${mark}</h2><div class="wide" tabindex="0" role="region" aria-label="Differences in ${cut(window)}"><table class="differences"><thead><tr><th scope="col">measure</th><th scope="col">base</th><th scope="col">head</th><th scope="col">difference<br>95 % interval</th><th scope="col" class="text strip">← better · worse →${spacer}</th><th scope="col" class="text">verdict</th></tr></thead><tbody>${rows.map(tableRow)}</tbody></table></div></section>`
}

function tableRow(row: ComparisonRow): Markup {
  const { measure, unit, base, head, verdict, why, isKey } = row
  const shape = asVerdict[verdict]
  const key = isKey ? html`<br><span class="small key">a verdict rests on it</span>` : null
  const numbers =
    row.difference === null
      ? '–'
      : html`${unbroken(differenceText(row))}<br><span class="small">${unbroken(intervalText(row))}</span>`
  return html`<tr class="v-${shape}"><th scope="row">${measureName(measure)}${key}</th><td>${label('base')}${sideText(base, unit)}</td><td>${label('head')}${sideText(head, unit)}</td><td>${label('difference')}${numbers}</td><td class="strip">${differenceStrip(row)}</td><td class="text"><span class="state">${verdictShape(shape, 16)} ${comparisonWords[verdict]}</span><br><span class="small">${foreign(why, 600)}</span></td></tr>`
}

/** Where the columns have no heads, as on a phone. */
function label(text: string): Markup {
  return html`<span class="label small">${text} </span>`
}

function howToRead({ base, head }: Comparison): Markup {
  const isByRuns = Math.min(base.runs.length, head.runs.length) >= 4
  const method = isByRuns
    ? 'Each run gives one number a measure, and the runs are permuted over the two sides: how often is the largest difference of all measures as clear as this one? So the run is the unit, and what differs from run to run is in the interval.'
    : 'Calls that are near in time are alike, so stretches of time are the unit, as long as the data ask for. How much runs differ by themselves is not in the interval, as there are too few of them.'
  return html`<section id="how-to-read"><h2>How to read this</h2><dl>
<dt>${verdictShape('fail', 16)} regression</dt><dd>Worse, hardly by chance, and by at least as much as counts. Both are needed. One makes the comparison fail.</dd>
<dt>${verdictShape('pass', 16)} improvement</dt><dd>The same, the other way.</dd>
<dt>${verdictShape('pass', 16)} no difference shown</dt><dd>No proof that there is none: each row says what change would have been called in 4 of 5 comparisons like this one.</dd>
<dt>${verdictShape('unknown', 16)} too little evidence</dt><dd>Even five times what counts would have been missed, or nothing could be computed. Where a verdict rests on the row, the comparison is inconclusive.</dd>
<dt>difference</dt><dd>Head minus base. Shares differ in percentage points (pp). On the strips the dot is the difference, the bar its 95 % interval, and the tinted middle is too small to count; each strip has an axis of its own.</dd>
<dt>hardly by chance</dt><dd>Of comparisons between two that do not differ at all, at most 5 % call a regression in any of their rows: the rows are taken together. So an interval may leave out 0 where no difference is called.</dd>
<dt>method</dt><dd>${method}</dd>
</dl></section>`
}
