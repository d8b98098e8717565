import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linePath, type Point, pointsOf, stepPath, thinned, unknownStretches } from './lines.ts'
import { linearScale, logScale, timeScale } from './scale.ts'

const second = 1_000_000
const scale = timeScale({ startUs: 0, endUs: 100 * second })
const points = (values: readonly (number | null)[]): Point[] => values.map((value, at) => ({ us: at * second, value }))

describe('lines', () => {
  it('break where nothing is known: one start a run of data', () => {
    const path = linePath(points([1, 2, null, 3, null, null, 4, 5]), scale, (value) => value)
    expect(path.match(/M/g)).toHaveLength(3)
  })

  it('hold a value until the next one, as steps', () => {
    expect(stepPath(points([1, 1, 1, 2, null, 3]), scale, (value) => value)).toBe('M0 1h0H30V2H40M50 3h0')
  })

  it('have a gap where a sampler was silent, and it is hatched', () => {
    const samples = { timeUs: [0, second, 9 * second, 10 * second], value: [1, 1, 1, 1] }
    const path = stepPath(pointsOf(samples), scale, (value) => value)
    expect(path.match(/M/g)).toHaveLength(2)
    expect(unknownStretches(pointsOf(samples), scale)).toEqual([
      { startUs: second, endUs: 9 * second },
      { startUs: 10 * second, endUs: 100 * second },
    ])
  })

  it('keep the lowest and the highest however much they are thinned', () => {
    const any = fc.array(fc.option(fc.integer({ min: -1_000, max: 1_000 })), { minLength: 1, maxLength: 400 })
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 50 }), (values, columns) => {
        const kept = thinned(points(values), columns)
        const known = (list: readonly Point[]) => list.map((point) => point.value).filter((value) => value !== null)
        const all = known(points(values))
        if (all.length > 0) {
          expect(Math.max(...known(kept))).toBe(Math.max(...all))
          expect(Math.min(...known(kept))).toBe(Math.min(...all))
        }
        expect(kept.some((point) => point.value === null)).toBe(values.includes(null))
        expect(kept.map((point) => point.us)).toEqual(kept.map((point) => point.us).toSorted((a, b) => a - b))
        expect(kept.length).toBeLessThanOrEqual(Math.max(columns * 3, values.length > columns * 2 ? 0 : values.length))
      }),
    )
  })
})

describe('scales', () => {
  it('an axis begins at 0 and ends at or above what it shows', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (highest) => {
        const { ticks } = linearScale(highest, 0, 100)
        expect(ticks[0]?.value).toBe(0)
        expect((ticks.at(-1)?.value ?? 0) / highest).toBeGreaterThanOrEqual(1 - 1e-9)
        expect(ticks.length).toBeLessThanOrEqual(5)
      }),
    )
  })

  it('a log axis has a tick a decade, and a value at its edge is at its edge', () => {
    const { ticks, y } = logScale(1, 10_000, 0, 100)
    expect(ticks.map(({ value }) => value)).toEqual([1, 10, 100, 1_000, 10_000])
    expect([y(1), y(100), y(10_000), y(1e9)]).toEqual([100, 50, 0, 0])
  })

  it.each([
    [120, ['0 s', '30 s', '60 s', '90 s', '120 s']],
    [3_600, ['0 min', '15 min', '30 min', '45 min', '60 min']],
    [2.8, ['0 s', '1 s', '2 s']],
  ])('%d s of run have the ticks %j', (lengthS, labels) => {
    expect(timeScale({ startUs: 0, endUs: lengthS * second }).ticks.map(({ label }) => label)).toEqual(labels)
  })
})
