import type { Samples } from '../../../src/domain/series.ts'
import { stretch } from '../../text/time.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { type Colour, stroke } from '../palette.ts'
import { tableRowsMax } from './call-table.ts'
import { overText, type Panel } from './frame.ts'
import { drawnLine, hatching, pointsOf, stepPath, thinned, unknownStretches } from './lines.ts'
import { linearScale, plotUnits, type TimeScale, type ValueScale } from './scale.ts'

export interface Sampled {
  /** What a screen reader says. */
  readonly name: string
  readonly heightPx: number
  readonly samples: Samples
  readonly colour: Colour
  /** A limit to draw as a line with its label; null: none. */
  readonly limit: { readonly value: number; readonly label: string } | null
  /** Peaks between the samples, as ticks; null: none are known. */
  readonly marks: Samples | null
  /** The axis reaches at least this far. */
  readonly atLeast: number
  format(value: number): string
}

const marksMax = 1_200

function highestOf(samples: Samples | null): number | null {
  let highest: number | null = null
  for (const value of samples?.value ?? []) {
    if (value !== null && (highest === null || value > highest)) highest = value
  }
  return highest
}

/** The highest value that was sampled or marked; null: none was. */
export function peakOf(samples: Samples | null, marks: Samples | null = null): number | null {
  const [a, b] = [highestOf(samples), highestOf(marks)]
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}

function limitLine(limit: Sampled['limit'], values: ValueScale): [Part, Part] {
  if (limit === null) return [null, null]
  const y = values.y(limit.value)
  return [
    html`<path d="M0 ${y}H${plotUnits}" ${stroke('fail')} stroke-width="1.5" stroke-dasharray="8 4" vector-effect="non-scaling-stroke"/>`,
    overText(4, y + 14, limit.label, 'fail'),
  ]
}

/** High-water marks as short strokes at their height: a peak that no sample happened to meet is still seen. */
function markTicks(marks: Samples | null, values: ValueScale, scale: TimeScale): Part {
  if (marks === null) return null
  const points = marks.timeUs.map((us, index) => ({ us, value: marks.value[index] ?? null }))
  let path = ''
  for (const { us, value } of thinned(points, marksMax / 2)) {
    if (value !== null) path += `M${scale.x(us)} ${values.y(value)}h2.5`
  }
  return path === ''
    ? null
    : html`<path d="${path}" ${stroke('ink')} stroke-width="2.5" vector-effect="non-scaling-stroke"/>`
}

/** A sampled quantity as steps on an axis from 0, with its limit, peaks between samples, and gaps hatched. */
export function sampledPanel(sampled: Sampled, scale: TimeScale): Panel {
  const highest = Math.max(peakOf(sampled.samples, sampled.marks) ?? 0, sampled.limit?.value ?? 0, sampled.atLeast)
  const values = linearScale(highest, 6, sampled.heightPx - 2)
  const points = pointsOf(sampled.samples)
  const [limit, limitLabel] = limitLine(sampled.limit, values)
  return {
    name: sampled.name,
    heightPx: sampled.heightPx,
    yLabels: values.ticks.map(({ value, y }) => ({ y, text: sampled.format(value) })),
    rightLabels: [],
    drawing: [
      limit,
      drawnLine(stepPath(thinned(points), scale, values.y), sampled.colour, 1.6, null, false),
      markTicks(sampled.marks, values, scale),
    ],
    overlay: [hatching(unknownStretches(points, scale), scale, sampled.heightPx), limitLabel],
  }
}

export interface Column {
  readonly head: string
  readonly samples: Samples
  format(value: number): string
}

/** Highest values by stretches of the run, at most `tableRowsMax` rows. "no sample" where there was none. */
export function sampledTable(name: string, columns: readonly Column[], scale: TimeScale): Markup {
  const longest = Math.max(1, ...columns.map((column) => column.samples.timeUs.length))
  const rowCount = Math.min(tableRowsMax, longest, Math.max(1, Math.ceil((scale.endUs - scale.startUs) / 1_000_000)))
  const stepUs = (scale.endUs - scale.startUs) / rowCount
  const grids = columns.map((column) => highestByRow(column.samples, scale.startUs, stepUs, rowCount))
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const span = { startUs: scale.startUs + row * stepUs, endUs: scale.startUs + (row + 1) * stepUs }
    const cells = columns.map((column, index) => {
      const value = grids[index]?.[row] ?? null
      return html`<td>${value === null ? 'no sample' : column.format(value)}</td>`
    })
    return html`<tr><th scope="row">${stretch(span)}</th>${cells}</tr>`
  })
  const heads = columns.map((column) => html`<th scope="col">${column.head}, highest</th>`)
  return html`<div class="wide" tabindex="0" role="region" aria-label="${name}"><table><thead><tr><th scope="col">run time</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function highestByRow(samples: Samples, startUs: number, stepUs: number, rowCount: number): (number | null)[] {
  const highest = Array.from({ length: rowCount }, (): number | null => null)
  samples.timeUs.forEach((us, index) => {
    const row = Math.min(rowCount - 1, Math.floor((us - startUs) / stepUs))
    const value = samples.value[index] ?? null
    const before = highest[row]
    if (row < 0 || value === null || before === undefined) return
    highest[row] = before === null ? value : Math.max(before, value)
  })
  return highest
}
