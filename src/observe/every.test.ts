import { expect, test } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import { sampleEvery } from './every.ts'

test('a slow sample does not stretch the rhythm, and samples never overlap', async () => {
  const clock = new SimulatedClock(0)
  const startedMs: number[] = []
  const sampler = sampleEvery(
    clock,
    250,
    async () => {
      startedMs.push(clock.monotonicUs() / 1_000)
      await clock.sleep(startedMs.length === 2 ? 600 : 10)
    },
    () => undefined,
  )
  await clock.runUntil(clock.sleep(1_500))
  await clock.runUntil(sampler.stop())
  expect(startedMs).toEqual([0, 250, 850, 1_100, 1_350])
})

test('an error ends the loop and is told', async () => {
  const clock = new SimulatedClock(0)
  const told: unknown[] = []
  const sampler = sampleEvery(
    clock,
    100,
    () => {
      throw new Error('broken')
    },
    (error) => told.push(error),
  )
  await clock.runUntil(sampler.stop())
  expect(told).toHaveLength(1)
})
