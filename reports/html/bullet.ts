import type { Finding, Measured } from '../../src/domain/verdict.ts'
import { boundText, digitsToTellApart, intervalText, measuredText } from '../text/finding-lines.ts'
import { quantity, roundQuantity } from '../text/numbers.ts'
import { reasonWords } from '../text/words.ts'
import { html, type Markup, type Part } from './markup.ts'
import { type Colour, fill, stroke } from './palette.ts'

const heightPx = 52
const trackTopPx = 18
const trackPx = 14
const axisTextY = 48
/** A measured value this many times its bound would press the bound against 0: the axis becomes a log one. */
const logFromFactor = 20
/** Room beyond the largest number, so that an arrow and a label fit. */
const headroom = 1.18

const verdictColour: Readonly<Record<Finding['verdict'], Colour>> = { pass: 'pass', fail: 'fail', unknown: 'unknown' }

interface Axis {
  /** Value → 0 to 100, per cent of the width. */
  at(value: number): number
  /** What a reader must know about it; null for an axis from 0. */
  readonly note: string | null
}

const tenth = (value: number) => Math.round(value * 10) / 10
const keep = (value: number) => tenth(Math.min(Math.max(value, 0), 100))

function numbersOf(finding: Finding): { values: number[]; limits: number[] } {
  const { measured, bound } = finding
  const limits = [bound.min, bound.max].filter((limit) => limit !== undefined)
  if (measured.kind === 'none' || typeof measured.value === 'boolean') return { values: [], limits }
  const ends = measured.interval === null ? [] : [measured.interval.low, measured.interval.high]
  return { values: [measured.value, ...ends.filter((end) => Number.isFinite(end) && end !== null)], limits }
}

function axisOf(finding: Finding): Axis {
  const { values, limits } = numbersOf(finding)
  const highest = Math.max(...values, ...limits, 0)
  const limit = Math.min(...limits)
  const wide = limit > 0 && Math.max(...values, 0) / limit > logFromFactor
  if (!wide) {
    const end = highest === 0 ? 1 : highest * headroom
    return { at: (value) => keep((value / end) * 100), note: null }
  }
  const from = Math.floor(Math.log10(limit) - 0.5)
  const to = Math.ceil(Math.log10(highest * headroom))
  const unit = finding.bound.unit
  const note = `log axis, ${quantity(10 ** from, unit, 1)} to ${quantity(10 ** to, unit, 1)}`
  return { at: (value) => (value <= 0 ? 0 : keep(((Math.log10(value) - from) / (to - from)) * 100)), note }
}

/** Text that stays inside the strip wherever it points to. */
function label(at: number, y: number, text: string, colour: Colour): Markup {
  const anchor = at < 25 ? 'start' : at > 75 ? 'end' : 'middle'
  return html`<text x="${at}%" y="${y}" text-anchor="${anchor}" font-size="12" ${fill(colour)}>${text}</text>`
}

function rect(from: number, to: number, colour: Colour, opacity: number): Markup {
  return html`<rect x="${from}%" y="${trackTopPx}" width="${tenth(Math.max(0, to - from))}%" height="${trackPx}" fill-opacity="${opacity}" ${fill(colour)}/>`
}

function boundMarks(finding: Finding, axis: Axis): Part {
  const { min, max, unit } = finding.bound
  const marks = [min === undefined ? null : ([min, 'min'] as const), max === undefined ? null : ([max, 'max'] as const)]
  return marks.map((mark) => {
    if (mark === null) return null
    const at = axis.at(mark[0])
    const forbidden = mark[1] === 'max' ? rect(at, 100, 'beyond', 1) : rect(0, at, 'beyond', 1)
    const text = `${mark[1] === 'max' ? 'at most' : 'at least'} ${roundQuantity(mark[0], unit)}`
    return html`${forbidden}<line x1="${at}%" x2="${at}%" y1="${trackTopPx - 3}" y2="${trackTopPx + trackPx + 3}" ${stroke('ink')} stroke-width="2"/>${label(at, 12, text, 'ink')}`
  })
}

/** Three nested bands: the interval fades towards its ends, since its ends are the least likely. */
function intervalBand(low: number, high: number, axis: Axis, colour: Colour): Part {
  const from = axis.at(low)
  const to = Number.isFinite(high) && high !== null ? axis.at(high) : 100
  if (to - from < 0.2) return null
  const step = (to - from) / 6
  return [0, 1, 2].map((ring) => rect(tenth(from + ring * step), tenth(to - ring * step), colour, 0.22))
}

function point(at: number, colour: Colour): Markup {
  return html`<line x1="${at}%" x2="${at}%" y1="${trackTopPx - 1}" y2="${trackTopPx + trackPx + 1}" ${stroke(colour)} stroke-width="5" data-mark="point"/>`
}

/** From the value to the strip's end, open: more than this, nobody saw how much. */
function openArrow(at: number, colour: Colour): Markup {
  const y = trackTopPx + trackPx / 2
  return html`<line x1="${at}%" x2="100%" y1="${y}" y2="${y}" ${stroke(colour)} stroke-width="3" stroke-dasharray="6 4"/><line x1="${at}%" x2="${at}%" y1="${trackTopPx}" y2="${trackTopPx + trackPx}" ${stroke(colour)} stroke-width="3"/><svg x="100%" y="${y}" width="1" height="1" overflow="visible"><path d="M-11 -7L-1 0L-11 7" ${stroke(colour)} stroke-width="3"/></svg>`
}

const hatched: Markup = html`<rect x="0" y="${trackTopPx}" width="100%" height="${trackPx}" fill="url(#hatch)" fill-opacity="0.6"/>`

function measuredMarks(finding: Finding, axis: Axis): Part {
  const { measured, verdict } = finding
  const colour = verdictColour[verdict]
  const digits = digitsToTellApart(measured, finding.bound)
  if (measured.kind === 'none') return [hatched, label(0, axisTextY, measuredText(measured), 'ink')]
  if (typeof measured.value === 'boolean') return null
  if (verdict === 'unknown') return unknownMarks(finding, measured, axis)
  const at = axis.at(measured.value)
  const text = label(at, axisTextY, measuredText(measured, digits), colour)
  if (measured.kind === 'atLeast') return [openArrow(at, colour), text]
  const band =
    measured.interval === null ? null : intervalBand(measured.interval.low, measured.interval.high, axis, colour)
  return [band, point(at, colour), text]
}

function unknownText(finding: Finding): string {
  if (finding.reason !== 'interval_crosses_bound') return reasonWords[finding.reason] ?? 'unknown'
  return intervalText(finding.measured, digitsToTellApart(finding.measured, finding.bound)) ?? 'unknown'
}

/** No point for what is unknown: its interval where that is why, else hatching. */
function unknownMarks(finding: Finding, measured: Measured, axis: Axis): Part {
  const text = label(0, axisTextY, unknownText(finding), 'unknown')
  if (measured.kind === 'atLeast') return [hatched, openArrow(axis.at(measured.value), 'unknown'), text]
  if (finding.reason !== 'interval_crosses_bound' || measured.kind !== 'value' || measured.interval === null) {
    return [hatched, text]
  }
  return [intervalBand(measured.interval.low, measured.interval.high, axis, 'unknown'), text]
}

/** A yes or no has no axis: two boxes, the wanted one outlined, the found one filled. */
function yesNo(finding: Finding): Part {
  const { measured, bound, verdict } = finding
  return [false, true].map((value, index) => {
    const x = index * 42
    const wanted = bound.is === value
    const found = measured.kind === 'value' && measured.value === value && verdict !== 'unknown'
    const outline = html`<rect x="${x}%" y="${trackTopPx}" width="40%" height="${trackPx}" ${stroke(wanted ? 'ink' : 'grid')} stroke-width="2"/>`
    const filled = found
      ? html`<rect x="${x}%" y="${trackTopPx}" width="40%" height="${trackPx}" ${fill(verdictColour[verdict])} data-mark="point"/>`
      : null
    const word = value ? 'yes' : 'no'
    return html`${filled}${outline}<text x="${x}%" y="12" font-size="12" ${fill('ink')}>${wanted ? `must be ${word}` : word}</text>${found ? html`<text x="${x}%" y="${axisTextY}" font-size="12" ${fill(verdictColour[verdict])}>found: ${word}</text>` : null}`
  })
}

/**
 * A finding as a strip: axis from 0, the bound as a labelled line with what lies beyond it tinted, the interval as a
 * fading band, the value as a tick. An open arrow where only a lower limit is known, hatching where nothing is.
 */
export function bullet(finding: Finding): Markup {
  const isYesNo = finding.bound.is !== undefined
  const axis = axisOf(finding)
  const inside = isYesNo
    ? [yesNo(finding), finding.verdict === 'unknown' ? [hatched, measuredMarks(finding, axis)] : null]
    : [boundMarks(finding, axis), measuredMarks(finding, axis)]
  const track = isYesNo ? null : html`<rect x="0" y="${trackTopPx}" width="100%" height="${trackPx}" ${fill('panel')}/>`
  const end = isYesNo
    ? null
    : html`<line x1="0" x2="0" y1="${trackTopPx - 3}" y2="${trackTopPx + trackPx + 3}" ${stroke('soft')}/>`
  const note = axis.note === null || isYesNo ? null : label(100, 12, axis.note, 'soft')
  return html`<svg role="img" aria-label="Measured ${measuredText(finding.measured)}, ${boundText(finding.bound)}" width="100%" height="${heightPx}" font-family="sans-serif">${track}${inside}${end}${note}</svg>`
}
