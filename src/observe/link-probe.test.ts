import { expect, test } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { probeLink } from './link-probe.ts'

test('what breaks the probe is told once, at once, and nobody else is struck by it', async () => {
  const told: unknown[] = []
  const broken = Promise.withResolvers<void>()
  const probe = probeLink({
    clock: systemClock,
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none', // refused at once, which is a sample
    everyMs: () => 10,
    onSample: () => {
      throw new Error('the disk is full')
    },
    onError: (error) => {
      told.push(error)
      broken.resolve()
    },
  })
  // Nobody has called stop() yet: a rejection that waited for it would have ended the process.
  await broken.promise
  await probe.stop()
  expect(told).toEqual([new Error('the disk is full')])
})
