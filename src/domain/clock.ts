/** The one way in for time: real in src/record/clock.ts, simulated in tests. */
export interface Clock {
  /** CLOCK_MONOTONIC in whole microseconds, absolute (since boot). */
  monotonicUs(): number
  /** Wall clock, microseconds since the Unix epoch. Never used to measure a duration. */
  wallUnixUs(): number
  /** Resolves after `ms`; resolves early, without an error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
