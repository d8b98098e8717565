/** Whole microseconds since the run's t0 on CLOCK_MONOTONIC; negative before t0. */
export type RunTimeUs = number

export const usPerMs = 1_000
export const usPerSecond = 1_000_000

export function msToUs(ms: number): number {
  return Math.round(ms * usPerMs)
}

/** A half-open stretch of run time, [startUs, endUs). */
export interface Span {
  readonly startUs: RunTimeUs
  readonly endUs: RunTimeUs
}

export function contains(span: Span, timeUs: RunTimeUs): boolean {
  return span.startUs <= timeUs && timeUs < span.endUs
}
