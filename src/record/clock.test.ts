import { afterEach, expect, test, vi } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import { watchClock } from '../conduct/clock-watch.ts'
import { systemClock } from './clock.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('the wall clock follows the machine when it is set, the monotonic clock does not', () => {
  const before = { wallUs: systemClock.wallUnixUs(), monotonicUs: systemClock.monotonicUs() }
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
  expect((systemClock.wallUnixUs() - before.wallUs) / 1_000).toBeLessThan(-3_500_000)
  expect(systemClock.monotonicUs()).toBeGreaterThanOrEqual(before.monotonicUs)
})

test('a step of the real wall clock is told by the clock watch', async () => {
  const simulated = new SimulatedClock()
  const stepsUs: number[] = []
  // Real time of both clocks, simulated waiting.
  const clock = { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => simulated.sleep(ms, signal) }
  const watch = watchClock(
    clock,
    (stepUs) => stepsUs.push(stepUs),
    () => undefined,
  )
  await simulated.runUntil(simulated.sleep(500))
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 60_000)
  await simulated.runUntil(simulated.sleep(5_000))
  await simulated.runUntil(watch.stop())
  expect(stepsUs.map((stepUs) => Math.round(stepUs / 1e6))).toEqual([60])
})
