import type { Window } from '../domain/verdict.ts'
import type { ComparedMeasure, Drawn } from '../measure/compared.ts'
import { gate, stretchOf } from '../measure/gates.ts'
import { quantileRank } from '../measure/quantile.ts'
import type { RunView } from '../measure/run-view.ts'

/** A run that is compared. */
export interface ViewedRun {
  readonly folder: string
  readonly view: RunView
}

/** A measure in a window, as all runs of both sides tell it. */
export interface DrawnRow {
  readonly measure: ComparedMeasure
  readonly window: Window
  readonly base: readonly Drawn[]
  readonly head: readonly Drawn[]
}

export interface MissingRow {
  readonly measure: ComparedMeasure
  readonly window: Window
  /** For a person, with the run's folder. */
  readonly why: string
}

/** What the runs tell of a measure in the window of that id. null: this target tells it in no run, or in no such window. */
export function drawRow(
  measure: ComparedMeasure,
  windowId: string,
  base: readonly ViewedRun[],
  head: readonly ViewedRun[],
): DrawnRow | MissingRow | null {
  const window = base[0]?.view.window(windowId) ?? null
  if (window === null || !measure.windows.includes(window.kind)) return null
  if ([...base, ...head].every(({ view }) => measure.lacking(view) !== null)) return null
  const sides: Drawn[][] = []
  for (const side of [base, head]) {
    const drawn: Drawn[] = []
    for (const run of side) {
      const one = drawOne(measure, windowId, run)
      if (typeof one === 'string') return { measure, window, why: `${run.folder}: ${one}` }
      drawn.push(one)
    }
    sides.push(drawn)
  }
  return { measure, window, base: sides[0] ?? [], head: sides[1] ?? [] }
}

function drawOne(measure: ComparedMeasure, windowId: string, { view }: ViewedRun): Drawn | string {
  const window = view.window(windowId)
  if (window === null) return `there is no window ${windowId}`
  const lacking = measure.lacking(view)
  if (lacking !== null) return lacking
  const closed = gate(view, stretchOf(view, window), measure.needs)
  if (closed !== null) return closed.why
  const drawn = measure.draw(view, window)
  // Of nothing there is no mean: it is no number that a difference, or the largest of all, could be made of.
  return typeof drawn !== 'string' && samplesOf(drawn) === 0 ? 'nothing was measured in the window' : drawn
}

/** One number for a run, of whatever kind. Infinity: a quantile among calls without a good end. */
export function numberOf(drawn: Drawn): number {
  if (drawn.kind === 'one') return drawn.value
  if (drawn.kind === 'values') {
    const sorted = Float64Array.from(drawn.cells.flatMap((cell) => [...cell])).sort()
    return sorted[quantileRank(drawn.p, sorted.length)] ?? Number.NaN
  }
  const sum = (cells: Float64Array) => cells.reduce((total, cell) => total + cell, 0)
  return sum(drawn.cells.parts) / sum(drawn.cells.wholes)
}

/** Values, calls or seconds that it rests on. */
export function samplesOf(drawn: Drawn): number {
  if (drawn.kind === 'one') return 1
  if (drawn.kind === 'values') return drawn.cells.reduce((total, cell) => total + cell.length, 0)
  return Math.round(drawn.cells.wholes.reduce((total, cell) => total + cell, 0))
}
