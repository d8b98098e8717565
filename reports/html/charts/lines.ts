import { line } from 'd3-shape'
import type { Samples } from '../../../src/domain/series.ts'
import { usPerSecond } from '../../../src/domain/time.ts'
import { html, type Part } from '../markup.ts'
import { type Colour, palette } from '../palette.ts'
import { percent, type TimeScale } from './scale.ts'

/** Points a line has at most: one in 2 px or so. Beyond it each column keeps its lowest and its highest. */
export const columnsMax = 300
/** A sampler that says nothing for longer than this leaves a gap (the same limit that makes its findings unknown). */
export const gapUs = 2 * usPerSecond

export interface Point {
  readonly us: number
  /** null: nothing known here; the line breaks. */
  readonly value: number | null
}

/** Samples as points, with a break wherever none came for too long. */
export function pointsOf(samples: Samples): Point[] {
  const points: Point[] = []
  let beforeUs: number | null = null
  samples.timeUs.forEach((us, index) => {
    if (beforeUs !== null && us - beforeUs > gapUs) points.push({ us: beforeUs + 1, value: null })
    points.push({ us, value: samples.value[index] ?? null })
    beforeUs = us
  })
  return points
}

/**
 * The lowest and highest of each column in their order of time, so that no peak is lost by drawing fewer points.
 * A column with a break in it stays broken.
 */
export function thinned(points: readonly Point[], columns = columnsMax): Point[] {
  if (points.length <= columns * 2) return [...points]
  const perColumn = Math.ceil(points.length / columns)
  const kept: Point[] = []
  for (let start = 0; start < points.length; start += perColumn) {
    kept.push(...extremes(points.slice(start, start + perColumn)))
  }
  return kept
}

function extremes(column: readonly Point[]): Point[] {
  let low: Point | null = null
  let high: Point | null = null
  let hole: Point | null = null
  for (const point of column) {
    if (point.value === null) hole = point
    else {
      if (low === null || low.value === null || point.value < low.value) low = point
      if (high === null || high.value === null || point.value > high.value) high = point
    }
  }
  const kept = new Set([low, high, hole].filter((point) => point !== null))
  return [...kept].sort((a, b) => a.us - b.us)
}

/** The path of a line with a break for each null; `d3-shape` draws a lone point as `M…Z`, which a round cap shows. */
export function linePath(points: readonly Point[], scale: TimeScale, y: (value: number) => number): string {
  const shape = line<Point>()
    .defined((point) => point.value !== null)
    .x((point) => scale.x(point.us))
    .y((point) => y(point.value ?? 0))
    .digits(1)
  return shape(points) ?? ''
}

/** Steps that hold a value until the next one, with the same breaks; equal values in a row take no bytes. */
export function stepPath(points: readonly Point[], scale: TimeScale, y: (value: number) => number): string {
  let path = ''
  let at: number | null = null
  points.forEach(({ us, value }, index) => {
    const next = value === null ? null : y(value)
    const last = index === points.length - 1
    if (at !== null && (next !== at || last)) path += `H${scale.x(us)}`
    if (next !== null && next !== at) path += at === null ? `M${scale.x(us)} ${next}h0` : `V${next}`
    at = next
  })
  return path
}

/** A line, with a casing of paper under it where it runs over other marks. */
export function drawnLine(path: string, colour: Colour, widthPx: number, dash: string | null, cased: boolean): Part {
  if (path === '') return null
  const common = html`vector-effect="non-scaling-stroke" stroke-linejoin="round" stroke-linecap="round"`
  const dashes = dash === null ? null : html` stroke-dasharray="${dash}"`
  const casing = cased
    ? html`<path d="${path}" fill="none" stroke="${palette.paper[0]}" class="s-paper" stroke-width="${widthPx + 2.5}" stroke-opacity="0.85" ${common}/>`
    : null
  return html`${casing}<path d="${path}" fill="none" stroke="${palette[colour][0]}" class="s-${colour}" stroke-width="${widthPx}" ${common}${dashes}/>`
}

/** Stretches in which nothing is known: hatched, so that an empty plot is never read as "nothing happened". */
export function unknownStretches(points: readonly Point[], scale: TimeScale): { startUs: number; endUs: number }[] {
  const found: { startUs: number; endUs: number }[] = []
  let knownUs = scale.startUs
  for (const point of points) {
    if (point.value === null) continue
    if (point.us - knownUs > gapUs) found.push({ startUs: knownUs, endUs: point.us })
    knownUs = Math.max(knownUs, point.us)
  }
  if (scale.endUs - knownUs > gapUs) found.push({ startUs: knownUs, endUs: scale.endUs })
  return found
}

const stretchesMax = 100

/** The hatching of such stretches; drawn unstretched. */
export function hatching(
  stretches: readonly { startUs: number; endUs: number }[],
  scale: TimeScale,
  heightPx: number,
): Part {
  return stretches.slice(0, stretchesMax).map(({ startUs, endUs }) => {
    const x = scale.x(startUs)
    return html`<rect x="${percent(x)}" y="0" width="${percent(scale.x(endUs) - x)}" height="${heightPx}" fill="url(#hatch)" fill-opacity="0.5"/>`
  })
}
