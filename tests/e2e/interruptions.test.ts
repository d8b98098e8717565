import { describe, expect, it } from 'vitest'
import { drillUnderWay, interrupt, ways } from './interruptions.ts'

const seed = 42

// A hundred of them at other moments: `npm run soak`.
describe('a run with faults on that somebody else ends leaves nothing within 5 s', () => {
  it.each(ways.map((way, turn) => [way, turn + 1] as const))('%s', async (way, turn) => {
    const { left, tookMs, faultsOn } = await interrupt(way, seed, turn)
    console.log(`${way}: ${faultsOn} faults on, nothing left after ${tookMs.toFixed(0)} ms`)
    expect(faultsOn, 'it was worth ending').toBeGreaterThan(0)
    expect(left).toEqual([])
  })

  it('a drill under way as well', async () => {
    const { left } = await interrupt('kill -9 of the harness', seed, 1, drillUnderWay('database-lost'))
    expect(left).toEqual([])
  })
})
