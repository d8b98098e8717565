import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallSeries } from '../../../src/domain/series.ts'
import { heatColumns, heatMap, heatStep, shareBars } from './heat.ts'
import { timeScale } from './scale.ts'

const second = 1_000_000
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function seriesOf(rows: readonly (readonly number[])[], failed: readonly number[]): CallSeries {
  const count = failed.length
  return {
    buckets: { startUs: 0, bucketUs: second, count },
    intended: failed.map((own, bucket) => own + sum(rows.map((row) => row[bucket] ?? 0))),
    byOutcome: {},
    p50Ms: failed.map(() => null),
    p95Ms: failed.map(() => null),
    p99Ms: failed.map(() => null),
    heat: { rowLowMs: rows.map((_, row) => 10 ** (row / 10)), calls: rows, failed },
  }
}

describe('the heat map', () => {
  it('loses no call when buckets are added up to columns', () => {
    const bucketsOf = (count: number) => fc.array(fc.nat(50), { minLength: count, maxLength: count })
    const any = fc.integer({ min: 1, max: 40 }).chain((count) => {
      return fc.tuple(
        fc.array(bucketsOf(count), { minLength: 1, maxLength: 6 }),
        bucketsOf(count),
        fc.integer({ min: 1, max: 50 }),
      )
    })
    fc.assert(
      fc.property(any, ([rows, failed, columnsMax]) => {
        const columns = heatColumns(seriesOf(rows, failed), columnsMax)
        expect(columns.failed.length).toBeLessThanOrEqual(columnsMax)
        expect(sum(columns.totals)).toBe(sum(rows.map(sum)) + sum(failed))
        expect(columns.edgesUs.at(-1)).toBe(failed.length * second)
      }),
    )
  })

  it('shows one slow call among a million', () => {
    const busy = Array.from({ length: 100 }, () => 10_000)
    const lone = busy.map((_, bucket) => (bucket === 42 ? 1 : 0))
    const columns = heatColumns(
      seriesOf(
        [busy, lone],
        busy.map(() => 0),
      ),
    )
    const scale = timeScale({ startUs: 0, endUs: 100 * second })
    const drawn = JSON.stringify(heatMap(columns, scale, (ms) => 100 - ms))
    expect(drawn).toContain('M42 ')
    expect(heatStep(1, 10_001)).toBe(0)
    expect(heatStep(0, 10_000)).toBeNull()
  })

  it('keeps its columns in place however many there are', () => {
    const columns = heatColumns(seriesOf([Array.from({ length: 297 }, () => 1)], new Array<number>(297).fill(0)))
    const drawn = JSON.stringify(heatMap(columns, timeScale({ startUs: 0, endUs: 297 * second }), (ms) => 100 - ms))
    const columnUnits = Number(/scale\((\S+) 1\)/.exec(drawn)?.[1])
    expect(Math.abs(columnUnits * 297 - 1_000)).toBeLessThan(0.5)
  })

  it('shows one failed call among many as a bar that can be seen', () => {
    const scale = timeScale({ startUs: 0, endUs: 10 * second })
    const edges = Array.from({ length: 11 }, (_, bucket) => bucket * second)
    const failed = edges.slice(1).map((_, bucket) => (bucket === 3 ? 1 : 0))
    const drawn = JSON.stringify(
      shareBars(
        failed,
        failed.map(() => 100_000),
        edges,
        scale,
        { topPx: 0, heightPx: 18 },
        'fail',
      ),
    )
    expect(drawn).toContain('M300 18V15.5H400V18z')
  })

  it.each([
    [0.003, 0],
    [0.0031, 1],
    [0.3, 4],
    [0.31, 5],
    [1, 5],
  ])('a share of %d has step %i', (part, step) => {
    expect(heatStep(part * 10_000, 10_000)).toBe(step)
  })
})
