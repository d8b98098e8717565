import { usPerSecond } from '../domain/time.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { there } from './there.ts'

/** The calls of a run by whole seconds of intended time, so that a window need not look at all of them. */
export interface CallSeconds {
  readonly firstSecond: number
  /** Place in `order` where each second begins; one entry more than there are seconds. */
  readonly starts: Uint32Array
  /** Rows of the table, second by second. */
  readonly order: Uint32Array
}

/** Calls further than this from t0 are none: it bounds the table of seconds. 30 days. */
const secondsMax = 30 * 24 * 3600

/** Throws RangeError when a call lies more than 30 days from another. */
export function callSeconds(table: CallTable): CallSeconds {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let row = 0; row < table.count; row++) {
    const second = secondOf(table, row)
    first = Math.min(first, second)
    last = Math.max(last, second)
  }
  if (table.count === 0) return { firstSecond: 0, starts: new Uint32Array(1), order: new Uint32Array(0) }
  const seconds = last - first + 1
  if (seconds > secondsMax) throw new RangeError(`the calls of one run span ${seconds} s`)
  const starts = new Uint32Array(seconds + 1)
  for (let row = 0; row < table.count; row++) {
    const next = secondOf(table, row) - first + 1
    starts[next] = there(starts[next]) + 1
  }
  let before = 0
  for (const [second, count] of starts.entries()) {
    before += count
    starts[second] = before
  }
  const place = starts.slice()
  const order = new Uint32Array(table.count)
  for (let row = 0; row < table.count; row++) {
    const second = secondOf(table, row) - first
    const at = there(place[second])
    order[at] = row
    place[second] = at + 1
  }
  return { firstSecond: first, starts, order }
}

function secondOf(table: CallTable, row: number): number {
  return Math.floor(there(table.intendedUs[row]) / usPerSecond)
}

/** Runs over the rows of calls intended in seconds that touch [startUs, endUs): a superset of those in the stretch. */
export function eachRowNear(index: CallSeconds, startUs: number, endUs: number, visit: (row: number) => void): void {
  const seconds = index.starts.length - 1
  const from = Math.max(0, Math.floor(startUs / usPerSecond) - index.firstSecond)
  const to = Math.min(seconds, Math.ceil(endUs / usPerSecond) - index.firstSecond)
  if (to <= from) return
  for (const row of index.order.subarray(index.starts[from], index.starts[to])) visit(row)
}
