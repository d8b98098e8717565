import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptSeconds, Saturation } from './saturation.ts'

describe('high-water marks', () => {
  it('keeps the peak of each second, also when it lasted no time', () => {
    const saturation = new Saturation(0)
    saturation.change(7, 0, 100)
    saturation.change(2, 0, 100)
    saturation.change(3, 1, 1_500)
    expect(saturation.marks(1_600)).toEqual([
      { second: 0, used: 7, pending: 0 },
      { second: 1, used: 3, pending: 1 },
    ])
  })

  it('gives a quiet second the level that it began with', () => {
    const saturation = new Saturation(0)
    saturation.change(4, 2, 900)
    expect(saturation.marks(3_000).map(({ used, pending }) => [used, pending])).toEqual([
      [4, 2],
      [4, 2],
      [4, 2],
      [4, 2],
    ])
  })

  it('begins a second with what was in use when the one before ended', () => {
    const saturation = new Saturation(0)
    saturation.change(9, 0, 500)
    saturation.change(1, 0, 1_200)
    expect(saturation.marks(1_300).at(-1)).toEqual({ second: 1, used: 9, pending: 0 })
  })

  it('keeps ten seconds, also after a pause of an hour', () => {
    const saturation = new Saturation(0)
    saturation.change(5, 0, 0)
    const marks = saturation.marks(3_600_000)
    expect(marks).toHaveLength(keptSeconds)
    expect(marks.at(-1)).toEqual({ second: 3_600, used: 5, pending: 0 })
  })

  it('loses no peak to a scraper that comes every few seconds', () => {
    const changes = fc.array(fc.tuple(fc.nat(100), fc.nat(900)), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(changes, (steps) => {
        const saturation = new Saturation(0)
        let nowMs = 0
        let scrapedMs = 0
        let peak = 0
        let seen = 0
        const scrape = () => {
          scrapedMs = nowMs
          for (const { used } of saturation.marks(nowMs)) seen = Math.max(seen, used)
        }
        for (const [used, afterMs] of steps) {
          nowMs += afterMs
          saturation.change(used, 0, nowMs)
          peak = Math.max(peak, used)
          if (nowMs - scrapedMs > 7_000) scrape()
        }
        scrape()
        expect(seen).toBe(peak)
      }),
    )
  })
})

describe('saturated time', () => {
  it('counts only while somebody waits', () => {
    const saturation = new Saturation(0)
    saturation.change(2, 0, 100)
    saturation.change(2, 1, 200)
    saturation.change(2, 5, 300)
    saturation.change(2, 0, 450)
    saturation.change(1, 0, 500)
    expect([saturation.saturatedMs(900), saturation.longestMs(900)]).toEqual([250, 250])
  })

  it('tells the stretch that still lasts, and the longest of several', () => {
    const saturation = new Saturation(0)
    saturation.change(1, 1, 0)
    saturation.change(1, 0, 400)
    saturation.change(1, 1, 1_000)
    expect([saturation.saturatedMs(1_100), saturation.longestMs(1_100)]).toEqual([500, 400])
    expect([saturation.saturatedMs(2_000), saturation.longestMs(2_000)]).toEqual([1_400, 1_000])
  })
})
