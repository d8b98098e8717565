import { describe, expect, it } from 'vitest'
import { exhaustedPool } from '../../../tests/golden/samples/cases.ts'
import { injection } from '../../../tests/golden/samples/stage.ts'
import { bandsOf, renderFigure, spread } from './frame.ts'
import { timeScale } from './scale.ts'
import { timelineFigure } from './timeline.ts'

const { report } = exhaustedPool()
const scale = timeScale({ startUs: 0, endUs: 120_000_000 })
const one = injection({ id: 'one', fault: 'latency', startS: 30, endS: 60, settledS: 66 })
const two = injection({ id: 'two', fault: 'black-hole', startS: 48, endS: 72, settledS: null })
const drawn = (injections: typeof report.injections) => {
  const figure = timelineFigure({ ...report, injections }, scale)
  return figure === null ? '' : renderFigure(scale, [], figure).text
}

describe('the lanes of injections', () => {
  it('overlapping faults have a lane and a number each', () => {
    const text = drawn([one, two])
    expect(text).toContain('Injection 1, one: latency on db')
    expect(text).toContain('Injection 2, two: black-hole on db')
  })

  it('an edge stands where report.json says, to a thousandth of the width', () => {
    const { requestedUs, healedUs, healVerifiedUs } = one
    for (const us of [requestedUs, healedUs, healVerifiedUs]) {
      const x = Math.round(((us ?? 0) / 120_000_000) * 10_000) / 10
      expect(drawn([one])).toContain(`M${x} `)
    }
  })

  it('what never happened is said, not drawn', () => {
    const never = { ...one, requestedUs: null, appliedUs: null, observedUs: null, healedUs: null, healVerifiedUs: null }
    expect(drawn([never])).toContain('never requested')
    expect(bandsOf([never], 120_000_000)).toEqual([])
  })

  it('a fault that was never healed reaches to the end of the run', () => {
    const unhealed = { ...one, healedUs: null, healVerifiedUs: null }
    expect(bandsOf([unhealed], 120_000_000)).toEqual([{ number: 1, startUs: one.requestedUs, endUs: 120_000_000 }])
  })
})

describe('labels of an axis', () => {
  it.each([
    ['apart already', [10, 50, 90]],
    ['all in one place', [40, 40, 40]],
    ['at the lower edge', [98, 99, 100]],
    ['at the upper edge', [0, 0, 1]],
  ])('%s', (_reason, places) => {
    const moved = spread(
      places.map((y, index) => ({ y, text: String(index) })),
      100,
    )
    moved.slice(1).forEach((label, index) => {
      expect(label.y - (moved[index]?.y ?? 0)).toBeGreaterThanOrEqual(13)
    })
    expect(moved.at(-1)?.y).toBeLessThanOrEqual(100)
    expect(moved[0]?.y).toBeGreaterThanOrEqual(0)
  })
})
