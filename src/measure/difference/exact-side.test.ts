import { expect, it } from 'vitest'
import { meanOfSide, type NoEstimate, type SideEstimate, shareOfSide } from './side.ts'

const run = (pattern: readonly number[], whole: number, length = 20) => ({
  parts: Float64Array.from({ length }, (_, at) => pattern[at % pattern.length] ?? 0),
  wholes: new Float64Array(length).fill(whole),
})

function known(found: SideEstimate | NoEstimate): SideEstimate {
  if ('why' in found) throw new Error(found.why)
  return found
}

const near = (value: number) => expect.closeTo(value, 10)

it('a mean: parts by wholes, with the error of their sum', () => {
  const found = known(meanOfSide([run([21, 19], 2)]))
  expect(found).toMatchObject({ value: 10, samples: 40, df: 19, blocks: 20, blockS: 1 })
  // 20 residuals of +1 or -1.
  const error = Math.sqrt((20 * 20) / 19) / 40
  expect(found.reach(3)).toEqual({ low: near(10 - 3 * error), high: near(10 + 3 * error) })
})

it('runs count together', () => {
  const found = known(meanOfSide([run([3, 1], 1, 10), run([8, 10], 2, 10)]))
  expect(found).toMatchObject({ value: 110 / 30, samples: 30 })
})

// Wilson's interval, by his formula in Python.
it('a share whose calls are independent, or more even, is worth all of them', () => {
  const even = run([0, 1], 2)
  const found = known(shareOfSide([even], [even]))
  expect(found).toMatchObject({ value: 0.25, samples: 40, df: 19, blocks: 20, blockS: 1 })
  expect(found.reach(1.96)).toEqual({ low: near(0.14186967895549518), high: near(0.40194259066970106) })
  expect(found.reach(1)).toEqual({ low: near(0.18819799557524364), high: near(0.3239971263759759) })
})

/** 10 sums of +2 or -2 vary by 400 / 9; independent calls would by 10. */
const inPairs = run([0, 0, 2, 2], 2)

it('one whose failures come together is worth fewer', () => {
  const found = known(shareOfSide([inPairs], [run([0, 1], 2)]))
  expect(found).toMatchObject({ value: 0.5, samples: 40, df: 9, blocks: 10, blockS: 2 })
  expect(found.reach(1.96)).toEqual({ low: near(0.22652570799481014), high: near(0.7734742920051898) })
  expect(found.reach(3)).toEqual({ low: near(0.14644660940672627), high: near(0.8535533905932737) })
})

it('one without a failure is worth as few as the other side’s, or all where that tells nothing', () => {
  const none = run([0], 2)
  const worthNine = known(shareOfSide([none], [inPairs]))
  expect(worthNine.value).toBe(0)
  expect(worthNine.reach(3)).toEqual({ low: 0, high: near(9 / 18) })
  const tooShort = run([1, 0], 2, 5)
  for (const other of [tooShort, run([0], 0)])
    expect(known(shareOfSide([none], [other])).reach(2)).toEqual({ low: 0, high: near(4 / 44) })
})

it('a single failure is worth a little less, too', () => {
  // One in 20 calls, one a second: its variance is 1, that of independent calls 0.95.
  const once = { parts: new Float64Array(20).fill(1, 7, 8), wholes: new Float64Array(20).fill(1) }
  const found = known(shareOfSide([once], [once]))
  expect(found.reach(2)).toEqual({ low: near(0.008320745877098065), high: near(0.24820099325333667) })
})

it('one second in all has a mean, and one call in all a share', () => {
  const second = run([1], 1 / 16, 16)
  expect(known(meanOfSide([second]))).toMatchObject({ value: 16, samples: 1 })
  const call = { parts: new Float64Array(16), wholes: new Float64Array(16).fill(1, 3, 4) }
  expect(known(shareOfSide([call], [call]))).toMatchObject({ value: 0, samples: 1 })
})

it('one of nothing but failures reaches from below to 1', () => {
  expect(known(shareOfSide([run([2], 2)], [run([2], 2)])).reach(2)).toEqual({ low: near(40 / 44), high: 1 })
})
