import type { Clock } from '../domain/clock.ts'
import { type Sampler, sampleEvery } from '../observe/every.ts'
import { boundsMs } from './bounds.ts'

/** Tells when the wall clock moved against the monotonic one between two looks, in µs (positive: forward). */
export function watchClock(clock: Clock, onStep: (stepUs: number) => void, onError: (error: unknown) => void): Sampler {
  const difference = () => clock.wallUnixUs() - clock.monotonicUs()
  let last = difference()
  return sampleEvery(
    clock,
    1_000,
    () => {
      const now = difference()
      if (Math.abs(now - last) > boundsMs.clockStep * 1_000) onStep(now - last)
      last = now
    },
    onError,
  )
}
