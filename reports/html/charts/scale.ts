import type { RunTimeUs, Span } from '../../../src/domain/time.ts'
import { usPerSecond } from '../../../src/domain/time.ts'

/** Width of the inner drawing in its own units; it is stretched to whatever room there is. */
export const plotUnits = 1_000
/** Five labels of 12 px side by side still fit beside the margins at 360 px, in a wide font too. */
const ticksMost = 4
const tickStepsS = [
  1, 2, 5, 10, 15, 20, 30, 60, 90, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400,
]

export interface TimeScale {
  readonly startUs: RunTimeUs
  readonly endUs: RunTimeUs
  /** Run time → 0 to 1000, kept within the plot, to one decimal. */
  x(us: RunTimeUs): number
  readonly ticks: readonly { readonly us: RunTimeUs; readonly label: string }[]
}

const tenth = (value: number) => Math.round(value * 10) / 10

/** One scale for all panels of a page, so that what happened together stands one above the other. */
export function timeScale(span: Span): TimeScale {
  const lengthUs = Math.max(1, span.endUs - span.startUs)
  const lengthS = lengthUs / usPerSecond
  const stepS = tickStepsS.find((step) => lengthS / step <= ticksMost) ?? Math.ceil(lengthS / ticksMost)
  const ticks: { us: number; label: string }[] = []
  const firstS = Math.ceil(span.startUs / usPerSecond / stepS) * stepS
  for (let index = 0; index <= ticksMost + 1; index++) {
    const us = (firstS + index * stepS) * usPerSecond
    if (us > span.endUs) break
    ticks.push({ us, label: tickLabel(firstS + index * stepS, stepS) })
  }
  const x = (us: number) =>
    tenth((Math.min(Math.max(us, span.startUs), span.endUs) - span.startUs) / (lengthUs / plotUnits))
  return { startUs: span.startUs, endUs: span.endUs, x, ticks }
}

function tickLabel(seconds: number, stepS: number): string {
  return stepS >= 300 ? `${seconds / 60} min` : `${seconds} s`
}

/** A position of the plot as a percentage of its width, for text that must not be stretched. */
export function percent(x: number): string {
  return `${tenth(x / 10)}%`
}

/** Text beside `x` that stays inside the plot: it grows to the right at the left edge, to the left at the right one. */
export function textAnchor(x: number): 'start' | 'middle' | 'end' {
  if (x < plotUnits * 0.06) return 'start'
  return x > plotUnits * 0.94 ? 'end' : 'middle'
}

export interface ValueScale {
  /** Value → y in px from the panel's top. */
  y(value: number): number
  readonly ticks: readonly { readonly value: number; readonly y: number }[]
}

/** From 0 to a round number at or above `highest`; two to four ticks. */
export function linearScale(highest: number, topPx: number, bottomPx: number): ValueScale {
  const most = highest > 0 ? highest : 1
  const power = 10 ** Math.floor(Math.log10(most))
  const step = [0.2, 0.5, 1, 2, 5].map((factor) => factor * power).find((size) => most / size <= 3.2) ?? 5 * power
  const end = Math.ceil(most / step - 1e-9) * step
  const y = (value: number) => tenth(bottomPx - (Math.min(Math.max(value, 0), end) / end) * (bottomPx - topPx))
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => {
    const value = Number((index * step).toPrecision(12))
    return { value, y: y(value) }
  })
  return { y, ticks }
}

/** Whole decades around [lowest, highest], both above 0; a tick a decade. */
export function logScale(lowest: number, highest: number, topPx: number, bottomPx: number): ValueScale {
  const from = Math.floor(Math.log10(lowest) + 1e-9)
  const to = Math.max(from + 1, Math.ceil(Math.log10(highest) - 1e-9))
  const y = (value: number) => {
    const decades = Math.min(Math.max(Math.log10(Math.max(value, Number.MIN_VALUE)), from), to)
    return tenth(bottomPx - ((decades - from) / (to - from)) * (bottomPx - topPx))
  }
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => {
    const value = Number((10 ** (from + index)).toPrecision(12))
    return { value, y: y(value) }
  })
  return { y, ticks }
}
