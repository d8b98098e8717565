import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LinkControl, ToxicSpec } from '../../src/domain/link.ts'
import { addToxics, removeToxics, seenByShare, trustedSamples } from './toxic-parameters.ts'

describe('how many spared samples in a row show that a fault on a share is gone', () => {
  it.each([
    [1, 1, 'everybody is hit: one that is not tells'],
    [0.99, 1, 'chance spares one in a hundred'],
    [0.9, 2, 'two in a hundred'],
    [0.5, 7, '1 / 128'],
    [0.05, 90, 'the least share there may be'],
  ])('of %d: %d (%s)', (share, samples) => {
    expect(trustedSamples({ share })).toBe(samples)
  })

  it('is enough, and no more, for chance to give them once in a hundred', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 0.999, noNaN: true }), (share) => {
        const samples = trustedSamples({ share })
        // The logarithm of a whole power may be a hair off.
        expect((1 - share) ** samples).toBeLessThanOrEqual(0.01 + 1e-9)
        expect((1 - share) ** (samples - 1)).toBeGreaterThan(0.01 - 1e-9)
      }),
    )
  })
})

it('of a share only fresh connections tell: one that lives long may be spared for good', () => {
  expect([seenByShare({ share: 1 }), seenByShare({ share: 0.9 })]).toEqual([['long', 'fresh'], ['fresh']])
})

describe('toxics', () => {
  it.each([
    ['downstream', ['squall-x-downstream']],
    ['upstream', ['squall-x-upstream']],
    ['both', ['squall-x-upstream', 'squall-x-downstream']],
  ])('%s: one a direction, and each is removed', async (direction, names) => {
    const added: ToxicSpec[] = []
    const removed: string[] = []
    const link: LinkControl = {
      id: 'db',
      addToxic: async (toxic) => void added.push(toxic),
      removeToxic: async (name) => void removed.push(name),
      setEnabled: async () => undefined,
    }
    await addToxics(link, 'x', 'latency', { direction, share: 0.3 }, { latency: 5 })
    await removeToxics(link, 'x', { direction, share: 0.3 })
    expect([added.map(({ name }) => name), removed]).toEqual([names, names])
    expect(added.map(({ toxicity }) => toxicity)).toEqual(names.map(() => 0.3))
  })
})
