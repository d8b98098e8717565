import type { Span } from '../domain/time.ts'
import type { Measured } from '../domain/verdict.ts'
import { bridgeParts } from './bridge-parts.ts'
import { counter, increase } from './counters.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { between, none } from './measured.ts'
import { histogramQuantile } from './pool-acquires.ts'
import type { RunView } from './run-view.ts'

const common = {
  bounds: ['max'],
  windows: allWindows,
  perTool: false,
  needs: ['bridge'],
  lacking: (view: RunView) =>
    Object.values(view.plan.stack.nodes).some(({ stdio }) => stdio !== undefined)
      ? null
      : 'no server is behind a bridge: stack.nodes.<id>.stdio has the command of one that speaks over its standard input',
} as const

/** What the bridge before a stdio server costs: part of all latencies, and not of the system's own. */
export const bridgeMeasures: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'bridge.added_latency.p95',
    title: 'Time that a call spent in the bridge, p95',
    unit: 'ms',
    compute: ({ view, stretch }) => addedOf(view, stretch.spans, 0.95),
  },
  {
    ...common,
    id: 'bridge.added_latency.max',
    title: 'Time that a call spent in the bridge, maximum',
    unit: 'ms',
    compute: ({ view, stretch }) => addedOf(view, stretch.spans, 1),
  },
  {
    ...common,
    id: 'bridge.cpu',
    title: 'Processor cores that the bridge itself was busy on',
    unit: 'ratio',
    compute: ({ view, stretch }) => cpuOf(view, stretch.spans),
  },
  {
    ...common,
    id: 'bridge.deaths',
    title: 'Processes behind the bridge that ended though nobody had asked them to',
    unit: 'count',
    compute: ({ view, stretch }) => risen(view, stretch.spans, 'deaths', 1, 'count'),
  },
]

function addedOf(view: RunView, spans: readonly Span[], p: number): Measured {
  const parts = bridgeParts(view).map((rows) => ({ rows, spans }))
  return histogramQuantile(view.folder.bridge?.header?.fields.waitBoundsS, parts, p, {
    method: "buckets of the bridge's own histogram; the value is the bucket's upper edge",
    nobody: 'no call went through the bridge',
    what: 'calls',
  })
}

function cpuOf(view: RunView, spans: readonly Span[]): Measured {
  const us = spans.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)
  return risen(view, spans, 'cpuUs', us, 'ratio')
}

/** How much a counter of all bridges rose, per `per`. */
function risen(
  view: RunView,
  spans: readonly Span[],
  key: 'cpuUs' | 'deaths',
  per: number,
  unit: 'ratio' | 'count',
): Measured {
  const method = "differences of the bridge's own counter"
  const parts = bridgeParts(view).map((rows) =>
    increase(
      counter(rows, (row) => row[key]),
      spans,
    ),
  )
  const known = parts.filter((part) => part !== null)
  if (known.length < parts.length) return none('no_samples', 'no sample of the bridge in the window', unit, 0, method)
  const sum = (of: (part: (typeof known)[number]) => number) => known.reduce((all, part) => all + of(part), 0)
  const interval = { low: sum(({ interval: { low } }) => low) / per, high: sum(({ interval: { high } }) => high) / per }
  const readings = sum((part) => part.readings)
  return between(sum((part) => part.value) / per, interval, unit, readings, method)
}
