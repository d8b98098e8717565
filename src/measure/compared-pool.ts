import { usPerSecond } from '../domain/time.ts'
import type { Window } from '../domain/verdict.ts'
import { secondsOf } from './compared-cells.ts'
import type { RatioCells } from './difference/side.ts'
import { type PoolPart, poolParts } from './instance-pools.ts'
import { poolMax } from './pool-readings.ts'
import type { RunView } from './run-view.ts'
import { gauge, highest, valuesWithin } from './samples.ts'
import { secondMarks } from './second-marks.ts'

/**
 * The highest share of the pool in use in each second: the system's own mark of it, or its highest sample. A window's one
 * peak is a single number, of which nothing tells how much it varies; these tell it. Of several instances the fullest.
 */
export function poolPeakCells(view: RunView, window: Window): RatioCells {
  const pools = poolParts(view, window.spans).map(peakBySecond)
  const peaks = secondsOf(window)
    .map(({ second }) => highest(pools.map((peaks) => peaks.get(second) ?? Number.NEGATIVE_INFINITY)))
    .filter(Number.isFinite)
  const parts = Float64Array.from(peaks)
  return { parts, wholes: parts.map(() => 1) }
}

function peakBySecond({ rows, spans }: PoolPart): ReadonlyMap<number, number> {
  const max = poolMax(rows)
  const peaks = new Map<number, number>()
  if (max === null || max <= 0) return peaks
  const marks = secondMarks(rows, 'usedHigh')
  for (const { startUs, peak } of marks) {
    const middleUs = startUs + usPerSecond / 2
    if (spans.some((span) => span.startUs <= middleUs && middleUs < span.endUs))
      peaks.set(Math.floor(middleUs / usPerSecond), peak / max)
  }
  if (marks.length > 0) return peaks
  const used = gauge(rows, (row) => row.used)
  for (const span of spans) {
    for (let second = Math.floor(span.startUs / usPerSecond); second * usPerSecond < span.endUs; second++) {
      const startUs = Math.max(span.startUs, second * usPerSecond)
      const endUs = Math.min(span.endUs, (second + 1) * usPerSecond)
      const peak = highest(valuesWithin(used, { startUs, endUs }))
      if (Number.isFinite(peak)) peaks.set(second, Math.max(peaks.get(second) ?? 0, peak / max))
    }
  }
  return peaks
}
