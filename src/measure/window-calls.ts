import { contains, type Span } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { callEndUs } from './call-facts.ts'
import { type CallSeconds, eachRowNear } from './call-seconds.ts'
import { CallSet } from './call-set.ts'
import { cutByFault } from './cut-calls.ts'
import { there } from './there.ts'

/**
 * The calls of a window.
 *
 * - phases, the run and recoveries take calls by intended time
 * - an injection takes every call that was under way, from intended start to end, while it lasted
 * - `.clear` takes, by intended time, calls that were over before the next injection or recovery began; and of the others
 *   those of which more is known than that they had begun, up to that moment (`cutByFault`)
 *
 * @param taken the spans of all injections and recoveries of the run
 */
export function callsOfWindow(table: CallTable, index: CallSeconds, window: Window, taken: readonly Span[]): CallSet {
  if (window.kind === 'injection') return new CallSet(table, overlapping(table, window.spans))
  const rows: number[] = []
  const over: number[] = []
  const open = new Map<number, number>()
  for (const span of window.spans) {
    const overByUs = window.kind === 'clear' ? nextStartUs(span, taken) : Number.POSITIVE_INFINITY
    eachRowNear(index, span.startUs, span.endUs, (row) => {
      if (!contains(span, there(table.intendedUs[row]))) return
      const endUs = callEndUs(table, row)
      if (Number.isNaN(endUs)) return
      rows.push(row)
      if (endUs <= overByUs) over.push(row)
      else open.set(row, overByUs)
    })
  }
  if (open.size === 0) return new CallSet(table, Uint32Array.from(rows))
  const cutUs = cutByFault(table, over, open)
  const taking = rows.filter((row) => !open.has(row) || cutUs.has(row))
  return new CallSet({ ...table, cutUs }, Uint32Array.from(taking))
}

/** When the next injection or recovery begins, at or after the end of a clear span. */
function nextStartUs(span: Span, taken: readonly Span[]): number {
  const starts = taken.map((other) => other.startUs).filter((startUs) => startUs >= span.endUs)
  return Math.min(Number.POSITIVE_INFINITY, ...starts)
}

function overlapping(table: CallTable, spans: readonly Span[]): Uint32Array {
  const rows: number[] = []
  for (let row = 0; row < table.count; row++) {
    const intended = there(table.intendedUs[row])
    const end = callEndUs(table, row)
    const touches = (span: Span): boolean => intended < span.endUs && (end > span.startUs || contains(span, intended))
    if (spans.some(touches)) rows.push(row)
  }
  return Uint32Array.from(rows)
}
