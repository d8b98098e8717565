import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../domain/clock.ts'

/** The machine's own clock: the one file that reads time and sets timers. */
export const systemClock: Clock = {
  // On Linux hrtime is CLOCK_MONOTONIC, the clock that k6's module reads as well (see docs/run-folder.md).
  monotonicUs: () => Number(process.hrtime.bigint() / 1_000n),
  // Not performance.timeOrigin + now(): that goes on monotonically, and a step of the wall clock would never show.
  wallUnixUs: () => Date.now() * 1_000,
  async sleep(ms, signal) {
    if (ms <= 0 || signal?.aborted) return
    await delay(ms, undefined, { ...(signal ? { signal } : {}), ref: true }).catch(() => undefined)
  },
}
