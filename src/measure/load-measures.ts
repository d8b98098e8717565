import { contains, type Span, usPerSecond } from '../domain/time.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { generatorErrorCode, unsentCode } from './call-facts.ts'
import { eachRowNear } from './call-seconds.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { exactly, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { durationUs } from './windows.ts'

/** What load there really was. None of these rests on the load having been delivered: they show whether it was. */
export const loadMeasures: readonly MeasureSpec[] = [
  {
    id: 'load.users.peak',
    title: 'Most users at one time',
    unit: 'count',
    bounds: ['min', 'max'],
    windows: allWindows,
    perTool: false,
    needs: ['calls'],
    compute: ({ view, stretch }) => {
      const method = 'users between their first and their last slot'
      if (view.table === null) return none('no_samples', 'no calls stream', 'count', 0, method)
      const { peak, users } = usersPeak(view.table, stretch.spans)
      if (users === 0) return none('no_samples', 'no call', 'count', 0, method)
      return exactly(peak, 'count', users, method)
    },
  },
  {
    id: 'load.calls_per_s',
    title: 'Calls sent per second',
    unit: 'calls/s',
    bounds: ['min', 'max'],
    windows: allWindows,
    perTool: false,
    needs: ['calls'],
    compute: ({ view, stretch }) => {
      const sent = callsSentWithin(view, stretch.spans)
      const method = 'calls begun in the window / its length'
      if (stretch.calls.intended === 0) return none('no_samples', 'no call', 'calls/s', 0, method)
      return exactly((sent * usPerSecond) / durationUs(stretch.spans), 'calls/s', sent, method)
    },
  },
  {
    id: 'load.unsent',
    title: 'Slots for which the user was not free in time',
    unit: 'count',
    bounds: ['max'],
    windows: allWindows,
    perTool: false,
    needs: ['calls'],
    compute: ({ stretch: { calls } }) =>
      calls.intended === 0
        ? none('no_samples', 'no call', 'count', 0, 'exact count')
        : exactly(calls.byOutcome[unsentCode] ?? 0, 'count', calls.intended, 'exact count'),
  },
]

/** Calls that began within the spans, by their start. */
export function callsSentWithin({ table, index, plan }: RunView, spans: readonly Span[]): number {
  if (table === null || index === null) return 0
  // A call begins at most so long after it was due: its user's previous one was cut by then.
  const backUs = 2 * plan.load.callTimeoutMs * 1000
  let sent = 0
  for (const span of spans) {
    eachRowNear(index, span.startUs - backUs, span.endUs, (row) => {
      if (table.outcome[row] !== generatorErrorCode && contains(span, table.startedUs[row] ?? Number.NaN)) sent += 1
    })
  }
  return sent
}

/** The most users that were between their first and their last slot at one time within the spans, of `users` in all. */
function usersPeak(table: CallTable, spans: readonly Span[]): { readonly peak: number; readonly users: number } {
  const lives = new Map<number, { first: number; last: number }>()
  for (let row = 0; row < table.count; row++) {
    const user = table.user[row] ?? -1
    const intended = table.intendedUs[row] ?? Number.NaN
    const life = lives.get(user)
    if (life === undefined) lives.set(user, { first: intended, last: intended })
    else if (intended < life.first) life.first = intended
    else if (intended > life.last) life.last = intended
  }
  let peak = 0
  for (const span of spans) {
    const present = [...lives.values()].filter((life) => life.first < span.endUs && life.last >= span.startUs)
    const edges = present.flatMap((life) => [
      { atUs: Math.max(life.first, span.startUs), change: 1 },
      { atUs: life.last, change: -1 },
    ])
    // At one instant arrivals first: a user's last slot still counts it.
    edges.sort((a, b) => a.atUs - b.atUs || b.change - a.change)
    let now = 0
    for (const edge of edges) {
      now += edge.change
      if (edge.atUs < span.endUs) peak = Math.max(peak, now)
    }
  }
  return { peak, users: lives.size }
}
