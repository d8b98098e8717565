import { type Span, usPerSecond } from '../domain/time.ts'
import type { Measured, Window } from '../domain/verdict.ts'
import type { PoolRow } from '../record/reader-rows.ts'
import { derivedPeakRatio } from './derived-saturation.ts'
import type { Gate, Stretch } from './gates.ts'
import { type PoolPart, poolParts } from './instance-pools.ts'
import { allWindows, type MeasureSpec } from './measure-spec.ts'
import { atLeast, between, none } from './measured.ts'
import { isDerived } from './own-sessions.ts'
import { leaked } from './pool-leaks.ts'
import { poolLacks, poolMax, poolOrSessionsLack } from './pool-readings.ts'
import type { RunView } from './run-view.ts'
import { type Gauge, gauge, sampledPeak, valuesWithin } from './samples.ts'
import { peakWithin, secondMarks } from './second-marks.ts'
import { totalOf, worstOf } from './several.ts'
import { there } from './there.ts'
import { tellsFullness, tellsPeak, tellsRatio, tellsUsed, whereTold } from './told-pool.ts'
import { durationUs, plannedLoadEndUs } from './windows.ts'

/** The share of the pool above which it counts as crowded (launch criteria: pool in use / max <= 0.85). */
const crowdedRatio = 0.85
/** How long the run rests after the load, so that what is still in use then is a leak (docs/reading-a-report.md). */
const restUs = 2 * usPerSecond

const common = { windows: allWindows, perTool: false, needs: ['delivery', 'pool'] } as const

export const poolUse: readonly MeasureSpec[] = [
  {
    ...common,
    id: 'pool.used.peak_ratio',
    title: 'Highest share of the pool in use',
    unit: 'ratio',
    bounds: ['max'],
    lacking: poolOrSessionsLack(['used', 'max'], true),
    compute: ({ view, stretch: { spans } }) =>
      isDerived(view)
        ? derivedPeakRatio(view, spans)
        : worstOf(poolParts(view, spans).map(whereTold(view, tellsPeak, 'ratio', peakRatio))),
  },
  {
    ...common,
    id: 'pool.time_above',
    title: 'Time with over 85 % of the pool in use',
    unit: 'ms',
    bounds: ['max'],
    lacking: poolLacks(['used', 'max']),
    compute: ({ view, stretch }) =>
      worstOf(poolParts(view, stretch.spans).map(whereTold(view, tellsRatio, 'ms', timeAbove))),
  },
  {
    ...common,
    id: 'pool.leaked',
    title: 'Connections still in use when the load had ended',
    unit: 'count',
    bounds: ['max'],
    needs: ['pool'],
    lacking: poolLacks(['used']),
    stretch: rest,
    compute: ({ view, stretch }) =>
      totalOf(poolParts(view, stretch.spans).map(whereTold(view, tellsUsed, 'count', leaked(view)))),
  },
  {
    ...common,
    id: 'pool.drain_time',
    title: 'Heal verified until nobody waits and the pool is below 85 %',
    unit: 'ms',
    bounds: ['max'],
    windows: ['injection', 'recovery'],
    lacking: poolLacks(['used', 'max', 'pending']),
    stretch: afterHeal,
    compute: ({ view, stretch }) =>
      worstOf(poolParts(view, stretch.spans).map(whereTold(view, tellsFullness, 'ms', drainTime))),
  },
]

function peakRatio({ rows, spans }: PoolPart): Measured {
  const max = poolMax(rows)
  if (max === null || max <= 0) return none('no_samples', 'the size of the pool was never told', 'ratio', 0, 'none')
  const used = gauge(rows, (row) => row.used)
  const sampled = sampledPeak(used, spans)
  const marks = secondMarks(rows, 'usedHigh')
  const peaks = marks.length === 0 ? [] : spans.map((span) => peakWithin(marks, used, span))
  const known = peaks.filter((peak) => peak !== null)
  if (known.length === spans.length) {
    const low = Math.max(...known.map((peak) => peak.low))
    const high = Math.max(...known.map((peak) => peak.high))
    const method = known.every((peak) => peak.exact)
      ? "the system's high-water marks"
      : "the system's high-water marks, samples where they are missing"
    return between(low / max, { low: low / max, high: high / max }, 'ratio', sampled?.samples ?? marks.length, method)
  }
  if (sampled === null) return none('no_samples', 'no sample of the pool in the window', 'ratio', 0, 'sampled peak')
  const interval = { low: sampled.low / max, high: sampled.high / max }
  return between(
    sampled.low / max,
    interval,
    'ratio',
    sampled.samples,
    'sampled peak, up to the largest rise between samples',
  )
}

/** Each stretch between two samples counts by its first; by both and by either for the interval. */
function timeAbove({ rows, spans }: PoolPart): Measured {
  const ratio = gauge(rows, (row) =>
    row.used === null || row.max === null || row.max <= 0 ? null : row.used / row.max,
  )
  const samples = spans.reduce((sum, span) => sum + valuesWithin(ratio, span).length, 0)
  const method = 'samples of used / max'
  if (samples === 0) return none('no_samples', 'no sample of the pool in the window', 'ms', 0, method)
  const whileMs = (counts: (before: boolean, after: boolean) => boolean): number =>
    spans.reduce((sum, span) => sum + msWhile(ratio, span, counts), 0)
  const interval = {
    low: whileMs((before, after) => before && after),
    high: whileMs((before, after) => before || after),
  }
  return between(
    whileMs((before) => before),
    interval,
    'ms',
    samples,
    method,
  )
}

function msWhile({ timesUs, values }: Gauge, span: Span, counts: (before: boolean, after: boolean) => boolean): number {
  const isCrowded = values.map((value) => value > crowdedRatio)
  const us = timesUs.slice(1).reduce((sum, timeUs, at) => {
    const fromUs = Math.max(span.startUs, there(timesUs[at]))
    const toUs = Math.min(span.endUs, timeUs)
    return counts(there(isCrowded[at]), there(isCrowded[at + 1])) ? sum + Math.max(0, toUs - fromUs) : sum
  }, 0)
  return us / 1000
}

/** The 2 s after the last load instance was done, whatever window is asked for. */
function rest(view: RunView, window: Window): Stretch | Gate {
  const startUs = view.loadEndUs
  if (startUs === null || view.end.reason === 'interrupted') {
    return {
      reason: view.end.reason === 'interrupted' ? 'interrupted' : 'window_missing',
      why: 'the load never ended in order',
    }
  }
  const endUs = Math.min(startUs + restUs, view.end.reason === 'cut' ? Number.POSITIVE_INFINITY : view.end.tUs)
  if (endUs - startUs < restUs / 2) return { reason: 'window_missing', why: 'the run did not rest after the load' }
  return {
    name: 'the rest after the load',
    spans: [{ startUs, endUs }],
    fault: null,
    shapedBy: [],
    calls: view.calls(window),
  }
}

function afterHeal(view: RunView, window: Window): Stretch | Gate {
  const injection = view.injection(window.fault)
  const startUs = injection?.healVerifiedUs ?? null
  if (startUs === null)
    return { reason: 'fault_not_healed', why: `the end of the fault ${window.fault ?? ''} was never seen` }
  const endUs = view.settlings.get(window.fault ?? '')?.horizonUs ?? plannedLoadEndUs(view.plan)
  if (endUs <= startUs)
    return { reason: 'no_samples', why: `there was no time left after the fault ${window.fault ?? ''}` }
  return { name: window.id, spans: [{ startUs, endUs }], fault: window.fault, shapedBy: [], calls: view.calls(window) }
}

function drainTime({ rows, spans }: PoolPart): Measured {
  const method = 'first sample with nobody waiting and used / max at most 0.85'
  const { startUs, endUs } = there(spans[0])
  const drained = (row: PoolRow): boolean =>
    row.pending === 0 && row.used !== null && row.max !== null && row.used <= crowdedRatio * row.max
  const within = rows.filter((row) => row.error === null && row.tUs >= startUs && row.tUs < endUs)
  const at = within.findIndex(drained)
  const found = within[at]
  if (found === undefined) return atLeast(durationUs(spans) / 1000, 'ms', within.length, method)
  const highMs = (found.tUs - startUs) / 1000
  const lowMs = Math.max(0, (within[at - 1]?.tUs ?? startUs) - startUs) / 1000
  return between(highMs, { low: lowMs, high: highMs }, 'ms', within.length, method)
}
