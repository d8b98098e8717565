import type { Finding } from '../../src/domain/verdict.ts'
import { comparison, worstFirst } from '../text/finding-lines.ts'
import { counted } from '../text/numbers.ts'
import { findingWords } from '../text/words.ts'
import { about, cap } from './finding-parts.ts'
import { anchor, foreign, html, type Markup, type Part, unbroken } from './markup.ts'
import { verdictShape } from './shapes.ts'

/** One line each: there may be one a tool. */
function row(finding: Finding): Markup {
  const why = finding.verdict === 'pass' ? null : html`<br><span class="small">${foreign(finding.why)}</span>`
  return html`<tr id="${anchor('f', finding.id)}" class="v-${finding.verdict}"><th scope="row"><span class="state">${verdictShape(finding.verdict, 16)} ${findingWords[finding.verdict]}</span></th><td class="text">${foreign(finding.id)}</td><td class="text">${about(finding)}</td><td class="text">${unbroken(comparison(finding))}${why}</td><td>${counted(finding.measured.sampleCount, 'sample')}</td></tr>
`
}

function table(findings: readonly Finding[]): Part {
  if (findings.length === 0) return null
  return html`<table class="plain"><thead><tr><th scope="col">verdict</th><th scope="col" class="text">objective</th><th scope="col" class="text">about</th><th scope="col" class="text">measured</th><th scope="col">of</th></tr></thead><tbody>${findings.map(row)}</tbody></table>`
}

/**
 * Findings that the plan keeps out of the verdict, at most `rowsMax`: the missed and the unknown ones in the open, the
 * met ones folded, since only good news may be. Their exact numbers are in report.json.
 */
export function informationTables(findings: readonly Finding[], rowsMax: number): Part {
  const information = worstFirst(findings.filter((finding) => !finding.judged))
  if (information.length === 0) return null
  const shown = information.slice(0, Math.max(0, rowsMax))
  const met = shown.filter((finding) => finding.verdict === 'pass')
  const open = shown.filter((finding) => finding.verdict !== 'pass')
  const folded = met.length === 0 ? null : html`<details><summary>${met.length} met</summary>${table(met)}</details>`
  return html`<h3>Information, not judged: ${counted(information.length, 'finding')}</h3>${table(open)}${folded}${cap(shown.length, information.length)}`
}
