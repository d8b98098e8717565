import { contains, type Span } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { callEndUs } from './call-facts.ts'
import { type CallSeconds, eachRowNear } from './call-seconds.ts'

/**
 * The rows of a window's calls.
 *
 * - phases, the run and recoveries take calls by intended time
 * - an injection takes every call that was under way, from intended start to end, while it lasted
 * - `.clear` takes, by intended time, only calls that were over before the next injection or recovery began
 *
 * @param taken the spans of all injections and recoveries of the run
 */
export function rowsOfWindow(
  table: CallTable,
  index: CallSeconds,
  window: Window,
  taken: readonly Span[],
): Uint32Array {
  if (window.kind === 'injection') return overlapping(table, window.spans)
  const rows: number[] = []
  for (const span of window.spans) {
    const overByUs = window.kind === 'clear' ? nextStartUs(span, taken) : Number.POSITIVE_INFINITY
    eachRowNear(index, span.startUs, span.endUs, (row) => {
      const intended = table.intendedUs[row] ?? Number.NaN
      if (contains(span, intended) && callEndUs(table, row) <= overByUs) rows.push(row)
    })
  }
  return Uint32Array.from(rows)
}

/** When the next injection or recovery begins, at or after the end of a clear span. */
function nextStartUs(span: Span, taken: readonly Span[]): number {
  const starts = taken.map((other) => other.startUs).filter((startUs) => startUs >= span.endUs)
  return Math.min(Number.POSITIVE_INFINITY, ...starts)
}

function overlapping(table: CallTable, spans: readonly Span[]): Uint32Array {
  const rows: number[] = []
  for (let row = 0; row < table.count; row++) {
    const intended = table.intendedUs[row] ?? Number.NaN
    const end = callEndUs(table, row)
    const touches = (span: Span): boolean => intended < span.endUs && (end > span.startUs || contains(span, intended))
    if (spans.some(touches)) rows.push(row)
  }
  return Uint32Array.from(rows)
}
