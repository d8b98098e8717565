import { expect, it } from 'vitest'
import { addedBoundsS } from '../domain/bridge.ts'
import { AddedLatency } from './added-latency.ts'

it('counts each call in the bucket that it fits, all below included', () => {
  const added = new AddedLatency()
  for (const us of [50, 51, 400, 5_000_000]) added.add(BigInt(us * 1_000))
  const [count, sumS, cumulative] = added.told()
  expect(count).toBe(4)
  expect(sumS).toBeCloseTo(5.000_501, 6)
  const upTo = (s: number) => cumulative[addedBoundsS.indexOf(s)]
  expect([upTo(0.000_05), upTo(0.000_1), upTo(0.000_2), upTo(0.000_5), upTo(1)]).toEqual([1, 2, 2, 3, 3])
})
