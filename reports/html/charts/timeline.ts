import { targetText } from '../../../src/domain/instances.ts'
import type { InjectionRecord, Report, Window } from '../../../src/domain/verdict.ts'
import { runTime, utcTimeOfDay } from '../../text/time.ts'
import { anchor, foreign, foreignLabel, html, type Markup, type Part } from '../markup.ts'
import { type Colour, fill, palette, stroke } from '../palette.ts'
import { bandsMax, type Figure, type Panel } from './frame.ts'
import { percent, type TimeScale } from './scale.ts'

/** Lanes drawn at most; the table below has as many rows, report.json has all. */
export const lanesMax = bandsMax
const phasesMax = 12
const lanePx = 36
const barTopPx = 17
const barPx = 14
/** Characters of 12 px that fit beside the margins at 360 px. */
const labelCharactersMax = 30

const edges = [
  ['requestedUs', 'requested'],
  ['appliedUs', 'applied'],
  ['observedUs', 'observed'],
  ['healedUs', 'healed'],
  ['healVerifiedUs', 'heal verified'],
] as const

function bar(scale: TimeScale, startUs: number, endUs: number, colour: Colour, opacity: number): Part {
  const x = scale.x(startUs)
  const width = Math.max(1, Math.round((scale.x(endUs) - x) * 10) / 10)
  return html`<rect x="${x}" y="${barTopPx}" width="${width}" height="${barPx}" fill-opacity="${opacity}" ${fill(colour)}/>`
}

/** Ticks reach above the bar for what was asked for, below it for what was seen. */
function tick(scale: TimeScale, us: number | null, up: boolean): Part {
  if (us === null) return null
  const x = scale.x(us)
  const [from, to] = up ? [barTopPx - 3, barTopPx + barPx] : [barTopPx, barTopPx + barPx + 4]
  return html`<path d="M${x} ${from}V${to}" ${stroke('ink')} stroke-width="1.5" vector-effect="non-scaling-stroke"/>`
}

function laneText(text: string): Markup {
  return html`<text x="0" y="12" font-size="12" ${fill('ink')}>${text}</text>`
}

function phaseLane(scale: TimeScale, window: Window): Panel {
  const name = foreignLabel(window.id, labelCharactersMax - 8)
  return {
    name: `Phase ${foreignLabel(window.id, 200)}: ${window.spans.map((span) => `${runTime(span.startUs)} to ${runTime(span.endUs)}`).join(', ') || 'never came to be'}`,
    heightPx: lanePx,
    yLabels: [{ y: barTopPx + barPx / 2, text: 'phase' }],
    rightLabels: [],
    drawing: window.spans.map((span) => bar(scale, span.startUs, span.endUs, 'heat1', 0.45)),
    overlay: laneText(window.judged ? name : `${name}, not judged`),
  }
}

function plannedOutline(scale: TimeScale, injection: InjectionRecord): Part {
  const x = scale.x(injection.plannedStartUs)
  const width = percent(scale.x(injection.plannedEndUs) - x)
  return html`<rect x="${percent(x)}" y="${barTopPx + 0.5}" width="${width}" height="${barPx - 1}" ${stroke('soft')} stroke-dasharray="3 3"/>`
}

/** `slow-db: latency on db`; once only where the injection is called by its fault. */
export function injectionName({ id, fault, on }: InjectionRecord): Markup {
  return id === fault
    ? html`${foreign(id)} on ${foreign(on)}`
    : html`${foreign(id)}: ${foreign(fault)} on ${foreign(on)}`
}

function injectionLane(scale: TimeScale, injection: InjectionRecord, index: number): Panel {
  const { requestedUs, healedUs, healVerifiedUs, settledUs } = injection
  const about = `${foreignLabel(injection.id, 200)}: ${foreignLabel(injection.fault, 200)} on ${foreignLabel(targetText(injection), 200)}`
  const told = edges.map(([field, word]) => `${word} ${runTime(injection[field], 2)}`).join(', ')
  const acted =
    requestedUs === null ? null : bar(scale, requestedUs, healVerifiedUs ?? healedUs ?? scale.endUs, 'fail', 0.75)
  const recovered =
    healVerifiedUs === null || settledUs === null ? null : bar(scale, healVerifiedUs, settledUs, 'unknown', 0.4)
  const { id, fault } = injection
  const label = id === fault ? foreignLabel(id, 30) : `${foreignLabel(id, 16)}: ${foreignLabel(fault, 14)}`
  return {
    name: `Injection ${index + 1}, ${about}: ${told}, settled ${runTime(settledUs, 2)}`,
    heightPx: lanePx,
    yLabels: [{ y: barTopPx + barPx / 2, text: String(index + 1) }],
    rightLabels: [],
    drawing: [
      recovered,
      acted,
      edges.map(([field]) => tick(scale, injection[field], field === 'requestedUs' || field === 'healedUs')),
    ],
    overlay: [plannedOutline(scale, injection), laneText(requestedUs === null ? `${label}, never requested` : label)],
  }
}

function edgeTable(report: Report, shown: readonly InjectionRecord[]): Markup {
  const rows = shown.map((injection, index) => {
    const cells = [...edges, ['settledUs', 'settled'] as const].map(
      ([field]) => html`<td>${runTime(injection[field], 3)}</td>`,
    )
    const finely = injection.resolutionUs === null ? '–' : `± ${(injection.resolutionUs / 1_000).toFixed(0)} ms`
    const notes = injection.notes.slice(0, 5).map((note) => html` ${foreign(note)}`)
    return html`<tr id="${anchor('i', injection.id)}"><th scope="row">${index + 1} ${foreign(injection.id)}</th><td>${foreign(injection.fault)} on ${foreign(targetText(injection))}</td>${cells}<td>${finely}</td><td>${utcTimeOfDay(report.run.startedAt, injection.requestedUs)}</td><td>${notes}</td></tr>`
  })
  const heads = [...edges.map(([, word]) => word), 'settled', 'seen to', 'requested at, UTC', 'notes']
  const left = report.injections.length - shown.length
  return html`<div class="wide" tabindex="0" role="region" aria-label="Times of each injection"><table><thead><tr><th scope="col">injection</th><th scope="col">fault</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>${left > 0 ? html`<p>Showing ${shown.length} of ${report.injections.length}; all are in report.json.</p>` : null}`
}

const key: Markup = html`<svg width="40" height="12" aria-hidden="true"><rect width="40" height="12" fill-opacity="0.75" ${fill('fail')}/></svg> the fault acts, <svg width="40" height="12" aria-hidden="true"><rect width="40" height="12" fill-opacity="0.4" fill="${palette.unknown[0]}" class="f-unknown"/></svg> the system recovers, dashed outline: as planned. Ticks that rise above the bar: requested, healed; below it: applied, observed, heal verified. The same stretches are shaded in all charts that follow.`

function heading(report: Report): Markup {
  const all = report.injections
  if (all.length === 0) return html`No fault was planned`
  const seen = all.filter((injection) => injection.observedUs !== null).length
  const healed = all.filter((injection) => injection.healVerifiedUs !== null).length
  return html`${seen} of ${all.length} ${all.length === 1 ? 'fault was' : 'faults were'} seen to act, ${healed} ${healed === 1 ? 'was' : 'were'} seen to end`
}

/** What was done to the system and when: one lane a phase and an injection, stacked, so that overlaps stay apart. */
export function timelineFigure(report: Report, scale: TimeScale): Figure | null {
  const phases = report.windows.filter((window) => window.kind === 'phase').slice(0, phasesMax)
  const injections = report.injections.slice(0, lanesMax)
  if (phases.length + injections.length === 0) return null
  return {
    id: 'timeline',
    heading: heading(report),
    howToRead: key,
    panels: [
      ...phases.map((window) => phaseLane(scale, window)),
      ...injections.map((injection, index) => injectionLane(scale, injection, index)),
    ],
    shaded: false,
    table: injections.length === 0 ? null : edgeTable(report, injections),
  }
}
