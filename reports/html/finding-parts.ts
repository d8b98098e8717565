import type { Finding } from '../../src/domain/verdict.ts'
import { measureName } from '../text/words.ts'
import { foreign, html, link, type Markup, type Part } from './markup.ts'

/** Plain names for what is measured; the measure's id is in the exact numbers. */
export function about(finding: Finding): Markup {
  const tool = finding.where?.tool
  return html`${foreign(measureName(finding.measure))}${tool === undefined ? null : html` of ${link('tool', tool)}`} in ${link('w', finding.window)}`
}

/** What a table of findings leaves out. */
export function cap(shown: number, all: number): Part {
  return shown < all ? html`<p class="note">Showing ${shown} of ${all}, worst first; all are in report.json.</p>` : null
}
