import { expect, it } from 'vitest'
import { type BlockVariance, blockVariance } from './block-variance.ts'

const run = (length: number, cellOf: (at: number) => number) => Float64Array.from({ length }, (_, at) => cellOf(at))

function close({ variance, df, blocks, blockLength }: BlockVariance) {
  return {
    variance: expect.closeTo(variance, 8),
    df: expect.closeTo(df, 8),
    blocks,
    blockLength: expect.closeTo(blockLength, 8),
  }
}

it.each([1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128])(
  'what turns round every %d cells varies most by blocks of so many',
  (length) => {
    const wave = run(20 * length, (at) => (Math.floor(at / length) % 2 === 0 ? 1 : -1))
    // 20 sums of +length or -length.
    const variance = (20 * length ** 2 * 20) / 19
    expect(blockVariance([wave])).toEqual(close({ variance, df: 19, blocks: 20, blockLength: length }))
  },
)

it('what is left at the end lengthens the last block', () => {
  const end = run(23, (at) => (at === 20 || at === 22 ? 1 : 0))
  // 11 blocks of two, the last of three with the sum 2.
  expect(blockVariance([end])).toEqual(close({ variance: (4 * 11) / 10, df: 10, blocks: 11, blockLength: 23 / 11 }))
})

it('by autoregression: 9 of 10 squares are what neighbours have in common', () => {
  const factor = 1.9 / 0.1
  const found = blockVariance([run(10, () => 1)])
  // 10 cells are worth half a one: no less than 3 degrees of freedom, and 2 blocks, are told.
  expect(found).toEqual(close({ variance: ((10 * 10) / 9) * factor, df: 3, blocks: 2, blockLength: factor }))
})

it('with as many degrees of freedom as the cells are worth, but one', () => {
  // 82 squares, of which neighbours have 41 in common; blocks of three would be of sums +2 and -2 and vary less.
  const pairs = run(122, (at) => [1, 1, 0, -1, -1, 0][at % 6] ?? 0)
  const variance = ((82 * 122) / 121) * 3
  expect(blockVariance([pairs])).toEqual(close({ variance, df: 122 / 3 - 1, blocks: 41, blockLength: 3 }))
})

it('neighbours are never taken for more alike than 0.95', () => {
  const found = blockVariance([run(100, () => 1)])
  const factor = 1.95 / 0.05
  expect(found).toEqual(close({ variance: ((100 * 100) / 99) * factor, df: 3, blocks: 3, blockLength: factor }))
})

it('no block and no pair of neighbours reaches from one run into another', () => {
  const ends = [run(11, (at) => (at === 10 ? 1 : 0)), run(11, (at) => (at === 0 ? 1 : 0))]
  // By cells 2 · 22 / 21, by blocks of two 2 · 10 / 9; the runs' own sums are 1 and 1: 2 · 2 / 1.
  expect(blockVariance(ends)).toEqual(close({ variance: 4, df: 9, blocks: 10, blockLength: 2.2 }))
})

it('of three runs the sums count by two degrees of freedom, of one not at all', () => {
  const first = run(10, (at) => (at % 2 === 0 ? 1 : 0))
  const none = run(10, () => 0)
  expect(blockVariance([first, none, none])?.variance).toBeCloseTo((25 * 3) / 2, 8)
  const one = blockVariance([first])
  expect(one).toEqual(close({ variance: 50 / 9, df: 9, blocks: 10, blockLength: 1 }))
})

it('a run too short for a block adds none', () => {
  const wave = run(40, (at) => (Math.floor(at / 4) % 2 === 0 ? 1 : -1))
  const found = blockVariance([wave, run(3, (at) => (at === 1 ? 1 : 0))])
  expect(found).toEqual(close({ variance: (10 * 16 * 10) / 9, df: 9, blocks: 10, blockLength: 4.3 }))
})

it('a run of one block adds one', () => {
  const runs = Array.from({ length: 10 }, (_, turn) => run(2, (at) => (at === 0 ? (-1) ** turn : 0)))
  expect(blockVariance(runs)).toEqual(close({ variance: 100 / 9, df: 9, blocks: 10, blockLength: 2 }))
})

it('of lengths that vary alike the shortest counts', () => {
  expect(blockVariance([new Float64Array(20)])).toEqual({ variance: 0, df: 19, blocks: 20, blockLength: 1 })
})
