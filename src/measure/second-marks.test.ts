import { describe, expect, test } from 'vitest'
import type { PoolRow } from '../record/reader-rows.ts'
import type { Gauge } from './samples.ts'
import { peakWithin, secondMarks } from './second-marks.ts'
import { mutePoolRow } from './testing/mute-pool-row.ts'

const s = 1_000_000
/** Asked and answered at once, of a process that began at t0. */
const reading = (atS: number, ...usedHigh: readonly (readonly [number, number])[]): PoolRow => ({
  ...mutePoolRow,
  tUs: atS * s,
  uptimeS: atS,
  usedHigh,
})

describe('which marks are final', () => {
  test.each([
    ['a reading as the second is over', [reading(5.5, [5, 8]), reading(6, [5, 9])], [9]],
    ['one before it is over', [reading(5.5, [5, 8]), reading(5.999, [5, 9])], []],
    ['one as long as it is kept: just before 10 s from its start', [reading(5.5, [5, 8]), reading(14.999)], [8]],
    ['one from 10 s on', [reading(5.5, [5, 8]), reading(15)], []],
    ['a failed one does not count', [reading(5.5, [5, 8]), { ...reading(6), error: 'HTTP 503' }], []],
    ['nor one that does not tell its uptime', [reading(5.5, [5, 8]), { ...reading(6), uptimeS: null }], []],
    ['another process begins anew', [reading(5.5, [5, 8]), { ...reading(7), uptimeS: 5.4 }], []],
    [
      'though it has been up for longer than the one before the last',
      [reading(5.5, [5, 8]), reading(5.9), { ...reading(7), uptimeS: 5.8 }, { ...reading(8), uptimeS: 6 }],
      [],
    ],
    ['the same uptime again is the same process', [reading(5.5, [5, 8]), reading(5.5), reading(6)], [8]],
    ['in the order of the seconds', [reading(7, [6, 3], [5, 8])], [8, 3]],
  ])('%s', (_why, rows, peaks) => {
    expect(secondMarks([...rows], 'usedHigh').map(({ peak }) => peak)).toEqual(peaks)
  })

  test('of those who wait, not of what is in use', () => {
    const rows = [{ ...reading(6, [5, 8]), pendingHigh: [[4, 2]] as const }]
    expect(secondMarks(rows, 'pendingHigh')).toEqual([{ startUs: 4 * s, slackUs: 0, peak: 2 }])
  })

  test('a second lies in the middle of what its readings allow', () => {
    // Uptime 6 s was at some moment from 8.96 s to 9 s.
    const rows = [{ ...reading(6, [5, 8]), tUs: 9 * s, tookUs: 40_000 }]
    expect(secondMarks(rows, 'usedHigh')).toEqual([{ startUs: 8 * s - 20_000, slackUs: 20_000, peak: 8 }])
  })
})

describe('the peak of a span', () => {
  /** Marks of the seconds from 10 s on. */
  const marks = (...peaks: readonly number[]) => peaks.map((peak, at) => ({ startUs: (10 + at) * s, slackUs: 0, peak }))
  const none: Gauge = { timesUs: [], values: [] }
  const gauge = (...points: readonly (readonly [atS: number, value: number])[]): Gauge => ({
    timesUs: points.map(([atS]) => atS * s),
    values: points.map(([, value]) => value),
  })
  const span = (fromS: number, toS: number) => ({ startUs: fromS * s, endUs: toS * s })

  test.each([
    ['the highest mark of its seconds, and no other', marks(9, 5, 7, 9), none, span(11, 13), 7, 7, true],
    ['none without a mark or a sample', [], none, span(11, 13), null, null, null],
    ['samples alone, up to their rise', [], gauge([11, 3], [12, 5]), span(11, 13), 5, 7, false],
    // Half of the last second is another window's: its mark is but the most that it can have been.
    ['a second cut by the edge bounds from above', marks(9, 5, 7, 9), none, span(11, 13.5), 7, 9, true],
    ['and samples may bound it closer', marks(9, 5, 7, 9), gauge([13.1, 6]), span(11, 13.5), 7, 7, true],
    ['by those of that part that is its own', marks(9, 9), gauge([10.2, 8], [10.7, 3]), span(10.5, 11), 3, 3, true],
    ['at its end as well', marks(9, 9), gauge([10.2, 3], [10.7, 8]), span(10, 10.5), 3, 3, true],
    ['no closer than the mark', marks(9, 5, 7, 8), gauge([13.1, 6], [13.2, 8]), span(13, 13.5), 8, 8, true],
    ['the time after the last mark is sampled', marks(9, 5), gauge([11.5, 4], [12.5, 6]), span(11, 13), 6, 8, false],
    ['the time before the first mark is sampled', marks(4, 5), gauge([9.5, 3], [10.5, 4]), span(9, 12), 5, 5, false],
    ['more than the marks, where samples rose as much', marks(4), gauge([9.2, 1], [9.7, 4]), span(9, 11), 4, 7, false],
    [
      'a gap between two marks is sampled',
      [...marks(3), { startUs: 12 * s, slackUs: 0, peak: 4 }],
      gauge([11.2, 3], [11.6, 6]),
      span(10, 13),
      6,
      9,
      false,
    ],
  ])('is %s', (_why, own, samples, within, low, high, exact) => {
    expect(peakWithin(own, samples, within)).toEqual(low === null ? null : { low, high, exact })
  })

  test('a mark that may lie a moment off counts for sure only well within', () => {
    const [mark] = marks(9).map((one) => ({ ...one, slackUs: 10_000 }))
    if (mark === undefined) throw new Error('no mark')
    const at = (fromS: number, toS: number) => peakWithin([mark], gauge([10.5, 2]), span(fromS, toS))?.low
    expect(at(9.99, 11.01)).toBe(9)
    expect(at(9.990_001, 11.01)).toBe(2)
    expect(at(9.99, 11.009_999)).toBe(2)
  })

  test('marks no further apart than they are unsure leave no gap', () => {
    const apart = (us: number) => [
      { startUs: 10 * s, slackUs: 10_000, peak: 9 },
      { startUs: 11 * s + us, slackUs: 10_000, peak: 8 },
    ]
    const exactly = (us: number) => peakWithin(apart(us), none, span(10, 12))?.exact
    expect([exactly(10_001), exactly(10_002)]).toEqual([true, false])
  })

  test('without anything sure the least is 0', () => {
    expect(peakWithin(marks(9), none, span(10.2, 10.8))).toEqual({ low: 0, high: 9, exact: true })
  })
})
