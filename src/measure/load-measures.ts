import type { Plan } from '../domain/plan.ts'
import { contains, type Span, usPerSecond } from '../domain/time.ts'
import { generatorErrorCode, unsentCode } from './call-facts.ts'
import { eachRowNear } from './call-seconds.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { between, exactly, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { there } from './there.ts'
import { mostAtOnce } from './users-there.ts'
import { durationUs, withLoad } from './windows.ts'

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
      const method = 'users from when to when the plan has them, as far as their slots show them there'
      // A user is there until its last slot, which may lie beyond the window.
      const nextSlotUs = there(stretch.spans.at(-1)).endUs + slotsApartUsMax(view.plan)
      if (view.callsWholeUntilUs < nextSlotUs)
        return none('stream_cut', 'the calls were cut before each user had its next slot', 'count', 0, method)
      const { lives, unseen, users } = view.users
      if (users === 0) return none('no_samples', 'no call', 'count', 0, method)
      const peak = mostAtOnce(lives, stretch.spans)
      const most = mostAtOnce([...lives, ...unseen], stretch.spans)
      if (peak === most) return exactly(peak, 'count', users, method)
      const why = `${method}; up to ${most - peak} more had no slot, being there for less than their pace`
      return between(peak, { low: peak, high: most }, 'count', users, why)
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
      const method = 'calls begun in the window / its length, as far as there was load'
      if (stretch.calls.intended === 0) return none('no_samples', 'no call', 'calls/s', 0, method)
      const lengthUs = durationUs(withLoad(view.plan, stretch.spans))
      if (lengthUs === 0) return none('no_samples', 'the plan has no load then', 'calls/s', 0, method)
      return exactly((sent * usPerSecond) / lengthUs, 'calls/s', sent, method)
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
        : exactly(there(calls.byOutcome[unsentCode]), 'count', calls.intended, 'exact count'),
  },
]

/** A pace is drawn from [0.5, 1.5] times the plan's (docs/plan.md). */
function slotsApartUsMax({ load }: Plan): number {
  return 1.5 * load.paceMs * 1_000
}

/** Calls that began within the spans, by their start. */
export function callsSentWithin(view: RunView, spans: readonly Span[]): number {
  let sent = 0
  for (const span of spans) eachCallSent(view, span, () => (sent += 1))
  return sent
}

/** Runs over the starts of the calls that began within a span. */
export function eachCallSent({ table, index, plan }: RunView, span: Span, visit: (startedUs: number) => void): void {
  if (table === null || index === null) return
  // A call begins at most so long after it was due: its user's previous one was cut by then.
  const backUs = 2 * plan.load.callTimeoutMs * 1000
  eachRowNear(index, span.startUs - backUs, span.endUs, (row) => {
    const startedUs = there(table.startedUs[row])
    if (table.outcome[row] !== generatorErrorCode && contains(span, startedUs)) visit(startedUs)
  })
}
