import type { Span } from '../domain/time.ts'
import type { Interval } from '../domain/verdict.ts'
import type { Sampled } from './samples.ts'
import { there } from './there.ts'

/** One reading of a cumulative counter, taken somewhere in [fromUs, tUs]. */
interface CounterReading {
  readonly fromUs: number
  readonly tUs: number
  readonly value: number
  /** Another one counts anew, though its number may be higher. */
  readonly source: string | null
}

interface Increase {
  /** By the readings' times. */
  readonly value: number
  /** What surely lies in the spans, and what may. */
  readonly interval: Interval
  readonly readings: number
}

export function counter<Row extends Sampled>(
  rows: readonly Row[],
  read: (row: Row) => number | null,
  sourceOf: (row: Row) => string | null = () => null,
): readonly CounterReading[] {
  return rows.flatMap((row) => {
    const value = row.error === null ? read(row) : null
    return value === null ? [] : [{ fromUs: row.tUs - row.tookUs, tUs: row.tUs, value, source: sourceOf(row) }]
  })
}

/**
 * By how much a counter rose in the spans. What happened between two readings on either side of a span's edge may
 * belong to it or not, so the interval reaches from the increase between readings within it to that between readings
 * around it. A counter that began anew lost what it had not yet told: then the interval has no upper end. null: no
 * reading lies in or before any span.
 */
export function increase(readings: readonly CounterReading[], spans: readonly Span[]): Increase | null {
  const parts = spans.flatMap((span) => increaseWithin(readings, span) ?? [])
  if (parts.length === 0) return null
  const sum = (of: (part: Increase) => number): number => parts.reduce((total, part) => total + of(part), 0)
  return {
    value: sum((part) => part.value),
    interval: { low: sum((part) => part.interval.low), high: sum((part) => part.interval.high) },
    readings: sum((part) => part.readings),
  }
}

function increaseWithin(readings: readonly CounterReading[], span: Span): Increase | null {
  const lastAt = (timeUs: number): number => readings.findLastIndex((reading) => reading.tUs <= timeUs)
  const firstInside = readings.findIndex((reading) => reading.fromUs >= span.startUs)
  const lastInside = lastAt(span.endUs)
  if (lastInside < 0) return null
  const before = lastAt(span.startUs)
  const after = readings.findIndex((reading) => reading.fromUs >= span.endUs)
  const within = firstInside < 0 ? 0 : climb(readings, firstInside, lastInside).rise
  const around = before < 0 || after < 0 ? null : climb(readings, before, after)
  const known = before < 0 ? within : climb(readings, before, lastInside).rise
  const high = around === null || around.restarted ? Number.POSITIVE_INFINITY : around.rise
  return {
    value: Math.max(within, Math.min(known, high)),
    interval: { low: within, high },
    readings: firstInside < 0 ? 0 : Math.max(0, lastInside - firstInside + 1),
  }
}

function climb(readings: readonly CounterReading[], from: number, to: number): { rise: number; restarted: boolean } {
  let rise = 0
  let restarted = false
  for (let at = from + 1; at <= to; at++) {
    const before = there(readings[at - 1])
    const now = there(readings[at])
    // What another had counted before is not known to have happened since.
    if (now.source !== before.source) restarted = true
    else if (now.value < before.value) {
      restarted = true
      rise += now.value
    } else rise += now.value - before.value
  }
  return { rise, restarted }
}
