import type { InjectionRecord } from '../../../src/domain/verdict.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { type Colour, fill, palette, stroke } from '../palette.ts'
import { percent, plotUnits, type TimeScale, textAnchor } from './scale.ts'

/** Margins beside each plot, in px: the same for all panels, so that their time axes stand one above the other. */
const leftPx = 58
const rightPx = 38
const axisPx = 20
/** As many shades as there are lanes in the timeline; more would be a grey wall. */
export const bandsMax = 40
/** Room for a number of two digits at 360 px, in plot units. */
const numberUnits = 70

export interface Label {
  readonly y: number
  readonly text: string
}

/** One drawing with one y axis. */
export interface Panel {
  /** What a screen reader says it shows. */
  readonly name: string
  readonly heightPx: number
  readonly yLabels: readonly Label[]
  readonly rightLabels: readonly Label[]
  /** Drawn in units of 1000 x heightPx and stretched in x. */
  readonly drawing: Part
  /** Drawn unstretched on top; x in per cent. */
  readonly overlay: Part
}

/** A picture and all that makes it readable without seeing it. */
export interface Figure {
  readonly id: string
  /** States the result, not the quantity. */
  readonly heading: Markup
  readonly howToRead: Markup
  readonly panels: readonly Panel[]
  /** Whether the injections' stretches are shaded, with their numbers above the first panel. */
  readonly shaded: boolean
  /** The same numbers as a table. */
  readonly table: Markup | null
}

/** A stretch to shade in every panel: one injection. */
export interface Band {
  readonly number: number
  readonly startUs: number
  readonly endUs: number
}

/** One band an injection that was requested, up to the end of its harm as verified, healed, or else the run's end. */
export function bandsOf(injections: readonly InjectionRecord[], runEndUs: number): Band[] {
  return injections.slice(0, bandsMax).flatMap((injection, index) => {
    if (injection.requestedUs === null) return []
    const endUs = injection.healVerifiedUs ?? injection.healedUs ?? runEndUs
    return [{ number: index + 1, startUs: injection.requestedUs, endUs }]
  })
}

/** Text over a drawing, with a rim of paper so that it stays readable on whatever lies under it. */
export function overText(x: number, y: number, text: string, colour: Colour): Markup {
  return html`<text x="${x}" y="${y}" font-size="12" paint-order="stroke" stroke="${palette.paper[0]}" stroke-width="4" stroke-linejoin="round" fill="${palette[colour][0]}" class="f-${colour} s-paper">${text}</text>`
}

/** Labels moved apart to at least `gapPx`, in the order of their places, and kept inside the panel. */
export function spread(labels: readonly Label[], heightPx: number, gapPx = 13): Label[] {
  const sorted = labels.toSorted((a, b) => a.y - b.y)
  let floor = gapPx / 2
  const down = sorted.map((label) => {
    const y = Math.max(label.y, floor)
    floor = y + gapPx
    return { ...label, y }
  })
  let ceiling = heightPx - 1
  return down
    .reverse()
    .map((label) => {
      const y = Math.min(label.y, ceiling)
      ceiling = y - gapPx
      return { ...label, y }
    })
    .reverse()
}

function wash(scale: TimeScale, bands: readonly Band[], heightPx: number): Part {
  return bands.map((band) => {
    const x = scale.x(band.startUs)
    const width = Math.max(1.5, Math.round((scale.x(band.endUs) - x) * 10) / 10)
    return html`<rect x="${x}" y="0" width="${width}" height="${heightPx}" ${fill('wash')}/>`
  })
}

function rules(panel: Panel): Part {
  return panel.yLabels.map(
    ({ y }) => html`<path d="M0 ${y}H${plotUnits}" ${stroke('grid')} vector-effect="non-scaling-stroke"/>`,
  )
}

function timeAxis(scale: TimeScale, topPx: number): Part {
  return scale.ticks.map(({ us, label }) => {
    const x = scale.x(us)
    const at = percent(x)
    return html`<line x1="${at}" x2="${at}" y1="${topPx}" y2="${topPx + 4}" ${stroke('soft')}/><text x="${at}" y="${topPx + 16}" text-anchor="${textAnchor(x)}" font-size="12" ${fill('soft')}>${label}</text>`
  })
}

function margin(widthPx: number, heightPx: number, labels: readonly Label[], side: 'left' | 'right'): Markup {
  const x = side === 'left' ? widthPx - 6 : 5
  const align = side === 'left' ? 'end' : 'start'
  const texts = labels.map(
    ({ y, text }) =>
      html`<text x="${x}" y="${Math.round(y + 4)}" text-anchor="${align}" font-size="12" ${fill('soft')}>${text}</text>`,
  )
  return html`<td width="${widthPx}" valign="top"><svg width="${widthPx}" height="${heightPx}" aria-hidden="true" font-family="sans-serif">${texts}</svg></td>`
}

/**
 * The row of a panel: margin, plot, margin as three cells, because that is the one layout that keeps margins in px
 * and the plot at any width without CSS or script. The plot's inner drawing is stretched, its text is not.
 */
function panelRow(scale: TimeScale, bands: readonly Band[], panel: Panel, last: boolean): Markup {
  const { heightPx } = panel
  const allPx = heightPx + (last ? axisPx : 6)
  return html`<tr>${margin(leftPx, allPx, spread(panel.yLabels, heightPx), 'left')}<td valign="top"><svg role="img" aria-label="${panel.name}" width="100%" height="${allPx}" font-family="sans-serif"><svg width="100%" height="${heightPx}" viewBox="0 0 ${plotUnits} ${heightPx}" preserveAspectRatio="none">${wash(scale, bands, heightPx)}${rules(panel)}${panel.drawing}</svg>${panel.overlay}${last ? timeAxis(scale, heightPx) : null}</svg></td>${margin(rightPx, allPx, spread(panel.rightLabels, heightPx), 'right')}</tr>`
}

/** The numbers of the faults above their shades; one that would touch the number before it is left out. */
function bandNumbers(scale: TimeScale, bands: readonly Band[]): Markup | null {
  let freeFrom = 0
  const texts = bands.flatMap((band) => {
    const middle = (scale.x(band.startUs) + scale.x(band.endUs)) / 2
    if (middle < freeFrom) return []
    freeFrom = middle + numberUnits
    return [
      html`<text x="${percent(middle)}" y="11" text-anchor="${textAnchor(middle)}" font-size="12" ${fill('soft')}>${band.number}</text>`,
    ]
  })
  if (texts.length === 0) return null
  return html`<tr><td width="${leftPx}"></td><td><svg width="100%" height="14" aria-hidden="true" font-family="sans-serif">${texts}</svg></td><td width="${rightPx}"></td></tr>`
}

/** The plot's frame as a table that says nothing to a screen reader: its pictures have the names. */
export function renderFigure(scale: TimeScale, bands: readonly Band[], figure: Figure): Markup {
  const rows = figure.panels.map((panel, index) => panelRow(scale, bands, panel, index === figure.panels.length - 1))
  const table =
    figure.table === null ? null : html`<details><summary>These numbers as a table</summary>${figure.table}</details>`
  return html`<figure id="c=${figure.id}"><div class="picture"><h3>${figure.heading}</h3><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="plot">${bandNumbers(scale, bands)}${rows}</table></div><figcaption>${figure.howToRead}</figcaption>${table}</figure>
`
}

/** A figure that cannot be drawn says so and shows its reason; a picture never costs the reader the verdict. */
export function safely(id: string, make: () => Figure | null, render: (figure: Figure) => Markup): Markup | null {
  try {
    const figure = make()
    return figure === null ? null : render(figure)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return html`<p class="note">The chart “${id}” could not be drawn: ${why}. The verdict does not rest on it; its numbers are in the tables and in report.json.</p>`
  }
}
