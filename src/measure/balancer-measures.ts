import type { Span } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import type { BalancerRow } from '../record/reader-rows.ts'
import { counter, increase } from './counters.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { between, exactly, none } from './measured.ts'
import type { RunView } from './run-view.ts'
import { gauge, valuesWithin } from './samples.ts'

/**
 * Of an even share of all bytes: as much an instance must have answered to count as reached. Squall's own probe, a few
 * calls a second that all go to one instance, stays below; users spread over three or five are well above.
 */
const shareMin = 0.5

const common = {
  unit: 'count',
  bounds: ['min', 'max'],
  windows: allWindows,
  perTool: false,
  needs: ['balancer'],
  lacking: (view: RunView) =>
    Object.values(view.plan.stack.nodes).some(({ instances }) => instances > 1)
      ? null
      : 'the server has one instance: stack.nodes.<id>.instances says how many there are',
} as const

/** What came to each of a server's instances, and which of them the balancer took for up: by the balancer itself. */
export const balancerMeasures: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'load.instances_reached',
    title: 'Instances that answered at least half of an even share',
    compute: ({ view, stretch }) => reached(view.instances, stretch.spans),
  },
  {
    ...common,
    id: 'load.instances_up.least',
    title: 'Fewest instances that the balancer sent users to at one time',
    compute: ({ view, stretch }) => leastUp(view.instances, stretch.spans),
  },
]

function reached(instances: readonly (readonly BalancerRow[])[], spans: readonly Span[]): Measured {
  const method = "the balancer's counters of the bytes that came from each"
  const sent = instances.flatMap(
    (rows) =>
      increase(
        counter(rows, (row) => row.sent),
        spans,
      ) ?? [],
  )
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)
  const share = shareMin / instances.length
  const readings = sum(sent.map((one) => one.readings))
  const [all, low, high] = [
    sum(sent.map(({ value }) => value)),
    sum(sent.map(({ interval }) => interval.low)),
    sum(sent.map(({ interval }) => interval.high)),
  ]
  if (sent.length < instances.length || all === 0)
    return none('no_samples', 'no instance answered anybody', 'count', readings, method)
  return between(
    sent.filter(({ value }) => value >= share * all).length,
    {
      low: sent.filter(({ interval }) => interval.low >= share * high).length,
      high: sent.filter(({ interval }) => interval.high > 0 && interval.high >= share * low).length,
    },
    'count',
    readings,
    method,
  )
}

/** One cannot go and come back between two samples: the balancer asks twice, half a second apart, before either. */
function leastUp(instances: readonly (readonly BalancerRow[])[], spans: readonly Span[]): Measured {
  const method = 'samples of what the balancer says'
  const [first, ...others] = instances.map((rows) => {
    const isUp = gauge(rows, (row) => (row.isUp === null ? null : Number(row.isUp)))
    return spans.flatMap((span) => valuesWithin(isUp, span))
  })
  if (first === undefined || first.length === 0)
    return none('no_samples', 'no sample of the balancer in the window', 'count', 0, method)
  // The rows of one look stand together, and at an edge of a span some of them may be on its other side.
  const counts = first.map((isUp, at) => others.reduce((up, values) => up + (values[at] ?? 1), isUp))
  return exactly(Math.min(...counts), 'count', counts.length, method)
}
