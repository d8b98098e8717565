import { outcomes } from '../domain/outcome.ts'
import { contains } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import type { PoolPart } from './instance-pools.ts'
import { between, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { gauge, valuesWithin } from './samples.ts'

const unknownCode = outcomes.indexOf('unknown')

/** What a pool still has in use in the rest after the load, and had not before it. */
export function leaked(view: RunView): (part: PoolPart) => Measured {
  const cut = cutCalls(view)
  return ({ rows, spans }) => {
    const used = gauge(rows, (row) => row.used)
    const values = spans.flatMap((span) => valuesWithin(used, span))
    const held = heldBefore(view, rows)
    const method = `lowest sample in the rest after the load${held === 0 ? '' : `, less ${held} in use before it`}`
    // What it told before it fell silent is not what was held in the end.
    const last = rows.findLast(({ tUs, error }) => error === null && spans.some((span) => contains(span, tUs)))
    if (values.length === 0 || last?.used === null)
      return none('no_samples', 'no sample of the pool at the end of the rest after the load', 'count', 0, method)
    const value = Math.max(0, Math.min(...values) - held)
    if (cut === 0 || value === 0) return between(value, { low: value, high: value }, 'count', values.length, method)
    // The server may still work on them, each with as many connections as it likes.
    const cutText = `${method}; calls that were cut at the end of the load may still hold some: ${cut}`
    return between(value, { low: 0, high: value }, 'count', values.length, cutText)
  }
}

/**
 * What the server holds for itself, as to listen for notifications, or for a lock. The lowest sample before the load; 0 where
 * none is from before the users came, since opening their sessions may have leaked already.
 */
function heldBefore(view: RunView, rows: readonly PoolRow[]): number {
  const ready = view.folder.timeline?.rows.find(({ kind, data }) => kind === 'load' && data.edge === 'ready')
  const before = gauge(
    rows.filter(({ tUs }) => tUs < 0),
    (row) => row.used,
  )
  const [firstUs] = before.timesUs
  return ready === undefined || firstUs === undefined || firstUs >= ready.tUs ? 0 : Math.min(...before.values)
}

function cutCalls({ table }: RunView): number {
  if (table === null) return 0
  let cut = 0
  for (const code of table.outcome) if (code === unknownCode) cut += 1
  return cut
}
