import { type Verdict, verdicts } from '../../src/domain/verdict.ts'
import { html, type Markup, type Part, trusted } from './markup.ts'
import { fill, palette } from './palette.ts'

/** A tick in a circle, a cross in an octagon, a question mark in a diamond: told apart without any colour. */
const outlines: Readonly<Record<Verdict, Markup>> = {
  pass: trusted('<circle cx="12" cy="12" r="11"'),
  fail: trusted('<path d="M7.5 1h9l6.5 6.500v9l-6.500 6.500h-9l-6.500-6.500v-9z"'),
  unknown: trusted('<path d="M12 0l12 12-12 12L0 12z"'),
}

const strokes: Readonly<Record<Verdict, string>> = {
  pass: 'M6.500 12.500l4 4 7.500-8.500',
  fail: 'M8 8l8 8M16 8l-8 8',
  unknown: 'M9 9.500a3 3 0 1 1 4.200 2.800q-1.200.7-1.200 2M12 17.300v.4',
}

const shapes: Part = verdicts.map((verdict) => {
  return html`<symbol id="shape-${verdict}" viewBox="0 0 24 24">${outlines[verdict]} ${fill(verdict)}/><path d="${strokes[verdict]}" fill="none" stroke="#ffffff" stroke-width="2.4" stroke-linecap="round" class="s-paper"/></symbol>`
})

/** The verdict's shape, hidden from screen readers as the word always stands beside it. */
export function verdictShape(verdict: Verdict, sizePx: number): Markup {
  return html`<svg width="${sizePx}" height="${sizePx}" aria-hidden="true"><use href="#shape-${verdict}"/></svg>`
}

/** What pictures refer to by `#…`; in one place, as ids are the page's. */
export const definitions: Markup = html`<svg width="0" height="0" aria-hidden="true" class="defs"><defs>${shapes}<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7" stroke="${palette.hatch[0]}" stroke-width="2" class="s-hatch"/></pattern></defs></svg>`

/** Without a style sheet a picture of 100 % in a table's cell may shrink to nothing: this keeps the cell open. */
export const spacer: Markup = html`<svg width="220" height="1" aria-hidden="true" class="spacer"></svg>`
