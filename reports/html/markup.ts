import { cut, foreignCharactersMax, short } from '../text/foreign.ts'

/** Text that is already markup. Made only by `html`, so that everything else is escaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Part = Markup | string | number | null | readonly Part[]

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

function written(part: Part): string {
  if (part === null) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') {
    if (!Number.isFinite(part)) throw new RangeError(`a page cannot show the number ${part}`)
    return String(part)
  }
  return part.map(written).join('')
}

/** Markup with every part escaped that is not markup itself; null is nothing, an array is its items in a row. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? ''
  parts.forEach((part, index) => {
    text += written(part) + (strings[index + 1] ?? '')
  })
  return new Markup(text)
}

/** Our own text with its numbers and units kept on one line. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=[%a-zA-Z])/g, '$1\u00a0')
}

/** Text that is ours and safe by construction: the style sheet, embedded JSON with its `<` escaped. */
export function trusted(text: string): Markup {
  return new Markup(text)
}

/** A name, an error, any text from outside: cleaned, cut, and isolated so that its direction cannot turn ours. */
export function foreign(text: string, charactersMax = foreignCharactersMax): Markup {
  return html`<bdi>${cut(text, charactersMax)}</bdi>`
}

/** The same for a label inside a picture, where `<bdi>` does not exist. */
export function foreignLabel(text: string, charactersMax: number): string {
  return short(text, charactersMax)
}

export type AnchorKind = 'f' | 'w' | 'tool' | 'e' | 'i'

/** The id of what can be linked to, such as `f=p95`; a fragment with the same text finds it in any browser. */
export function anchor(kind: AnchorKind, id: string): string {
  return `${kind}=${encodeURIComponent(id.slice(0, 200).toWellFormed())}`
}

/** A link inside the page. */
export function link(kind: AnchorKind, id: string): Markup {
  return html`<a href="#${anchor(kind, id)}">${foreign(id)}</a>`
}
