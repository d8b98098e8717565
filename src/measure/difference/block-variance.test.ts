import { expect, it } from 'vitest'
import { randomOf } from '../testing/calm-run.ts'
import { blockVariance } from './block-variance.ts'

/** First-order autoregression with variance 1. */
function series(seed: number, length: number, correlation: number): Float64Array {
  const random = randomOf(seed)
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let value = gauss()
  return Float64Array.from({ length }, () => {
    value = correlation * value + Math.sqrt(1 - correlation ** 2) * gauss()
    return value
  })
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}

it.each([0, 0.5, 0.8])(
  'tells the variance of a sum of values with correlation %d from one to the next',
  (correlation) => {
    const length = 300
    const estimates = Array.from({ length: 100 }, (_, seed) => {
      return blockVariance([centred(series(seed + 1, length, correlation))])?.variance ?? Number.NaN
    })
    const mean = estimates.reduce((sum, one) => sum + one, 0) / estimates.length
    const truth = (length * (1 + correlation)) / (1 - correlation)
    // Rather too much than too little: the largest of several estimates is taken.
    expect(mean / truth).toBeGreaterThan(0.85)
    expect(mean / truth).toBeLessThan(1.8)
  },
)

it('has no word on fewer than 10 cells', () => {
  expect(blockVariance([new Float64Array(9)])).toBeNull()
  expect(blockVariance([new Float64Array(10)])?.variance).toBe(0)
})

it('sees what runs have each for themselves', () => {
  const run = (level: number) => centred(series(7, 40, 0)).map((value) => value + level)
  const alike = blockVariance([run(0), run(0)])?.variance ?? Number.NaN
  const apart = blockVariance([run(3), run(-3)])?.variance ?? Number.NaN
  expect(apart).toBeGreaterThan(10 * alike)
  // Two runs whose sums are +120 and -120.
  expect(apart).toBeCloseTo((2 * 2 * 120 ** 2) / 1, -1)
})
