import { describe, expect, it } from 'vitest'
import { runTruth } from './run-truth.ts'
import { truths } from './truths.ts'

// Ten times each, half of them beside a burning core: `npm run soak`.
describe('a run whose truth is known', () => {
  it.each(truths)('$id: $says', async (truth) => {
    const { wrong } = await runTruth(truth)
    expect(wrong).toEqual([])
  })
})
