import type { Measured } from '../domain/verdict.ts'
import { generatorLatenessMs, latencyHighMs, latencyLowMs, serviceTimeHighMs, serviceTimeLowMs } from './call-facts.ts'
import type { CallSet, CallValue } from './call-set.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { atLeast, between, none } from './measured.ts'
import { estimateQuantile, quantileRank, sampleCountMin } from './quantile.ts'
import { there } from './there.ts'

const latency: CallValue = { lowMs: latencyLowMs, highMs: latencyHighMs }
const serviceTime: CallValue = { lowMs: serviceTimeLowMs, highMs: serviceTimeHighMs }
const lateness: CallValue = { lowMs: generatorLatenessMs, highMs: generatorLatenessMs }

const quantiles = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const

/** p50, p95, p99 and the maximum of latency (from the intended start) and of service time (from the start). */
export const callQuantiles: readonly MeasureSpec[] = [
  ...family('tool.latency', 'Latency from the intended start', latency),
  ...family('tool.service_time', 'Service time from the start', serviceTime),
  {
    id: 'load.generator_lateness.p99',
    title: 'Lateness of the load generator itself, p99',
    unit: 'ms',
    bounds: ['max'],
    windows: allWindows,
    perTool: false,
    // Not `delivery`: this is what shows that the load was not delivered.
    needs: ['calls'],
    compute: ({ view, stretch }) => quantileOf(stretch.calls, lateness, 0.99, view.plan.load.callTimeoutMs),
  },
]

function family(id: string, title: string, value: CallValue): readonly MeasureSpec[] {
  const common = {
    unit: 'ms',
    bounds: ['max'],
    windows: allWindows,
    perTool: true,
    needs: ['calls', 'delivery'],
  } as const
  return [
    ...quantiles.map(
      ([name, p]): MeasureSpec => ({
        ...common,
        id: `${id}.${name}`,
        title: `${title}, ${name}`,
        compute: ({ view, window, tool }) =>
          quantileOf(view.calls(window, tool), value, p, view.plan.load.callTimeoutMs),
      }),
    ),
    {
      ...common,
      id: `${id}.max`,
      title: `${title}, maximum`,
      compute: ({ view, window, tool }) => maximumOf(view.calls(window, tool), value, view.plan.load.callTimeoutMs),
    },
  ]
}

export function latencyQuantile(calls: CallSet, p: number, callTimeoutMs: number): Measured {
  return quantileOf(calls, latency, p, callTimeoutMs)
}

export function latencyMaximum(calls: CallSet, callTimeoutMs: number): Measured {
  return maximumOf(calls, latency, callTimeoutMs)
}

/**
 * What is known of calls that a fault cut bounds the quantile where it falls among them; that it might have, by chance, is
 * told by what they had waited: one call without an end is in the tail of many windows.
 *
 * A quantile among values without an end is at least the call timeout: none of them was over before it.
 */
function quantileOf(calls: CallSet, value: CallValue, p: number, callTimeoutMs: number): Measured {
  const { lows, highs, seen } = calls.sorted(value)
  const method = 'order statistics, 95 % interval widened by the design effect of 1 s blocks'
  const n = lows.length
  if (n === 0) return none('no_samples', 'no call', 'ms', 0, method)
  const least = sampleCountMin(p)
  if (n < least) return none('too_few_samples', `${n} calls: p${p * 100} needs ${least}`, 'ms', n, method)
  const estimate = estimateQuantile(p, lows, seen, (above) => calls.designEffectAbove(value, above))
  const { low, high } = estimate.interval
  const interval = { low, high: Math.max(high, highs[quantileRank(p, n)] ?? high) }
  return Number.isFinite(estimate.value)
    ? between(estimate.value, interval, 'ms', n, method)
    : atLeast(callTimeoutMs, 'ms', n, method)
}

/** The largest value there was. With a value without an end among them it is at least that, or the call timeout. */
function maximumOf(calls: CallSet, value: CallValue, callTimeoutMs: number): Measured {
  const { lows, highs } = calls.sorted(value)
  const method = 'largest of all calls'
  if (lows.length === 0) return none('no_samples', 'no call', 'ms', 0, method)
  const [low, high] = [there(lows.at(-1)), there(highs.at(-1))]
  if (low === Number.POSITIVE_INFINITY) return atLeast(callTimeoutMs, 'ms', lows.length, method)
  if (high === Number.POSITIVE_INFINITY) return atLeast(low, 'ms', lows.length, method)
  return between(low, { low, high }, 'ms', lows.length, method)
}
