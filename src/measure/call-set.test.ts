import { describe, expect, test } from 'vitest'
import { outcomes } from '../domain/outcome.ts'
import type { CallTable } from '../record/reader-calls.ts'
import { CallSet, type CallValue } from './call-set.ts'
import { designEffect, studentT } from './quantile.ts'
import { callsOf } from './testing/calm-run.ts'
import { readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

type Shape = Partial<Parameters<typeof callsOf>[0]>

/** 10 calls a second from 3 s to 9 s. */
function tableOf(shape: Shape): CallTable {
  const calls = callsOf({ users: 10, startMs: 3_000, endMs: 9_000, latencyMs: (_ms, index) => index, ...shape })
  const table = readGenerated({ plan: planOf(), calls }).calls?.table
  if (table === undefined) throw new Error('no calls')
  return table
}
const setOf = (shape: Shape): CallSet => {
  const table = tableOf(shape)
  return new CallSet(
    table,
    Uint32Array.from(table.intendedUs, (_, row) => row),
  )
}
const latency: CallValue = {
  lowMs: (table, row) => ((table.endedUs[row] ?? 0) - (table.intendedUs[row] ?? 0)) / 1_000,
  highMs: (table, row) => ((table.endedUs[row] ?? 0) - (table.intendedUs[row] ?? 0)) / 1_000,
}

describe('a set of calls', () => {
  test('counts them by outcome, by what was sent, and by who was late', () => {
    const set = setOf({
      outcome: (_ms, index) => (index < 5 ? 'unsent' : index < 8 ? 'generator_error' : 'ok'),
      lateMs: (_ms, index) => (index >= 30 ? 50 : 49),
      latencyMs: () => 100,
    })
    const counted = (name: (typeof outcomes)[number]) => set.byOutcome[outcomes.indexOf(name)]
    expect([set.intended, counted('unsent'), counted('generator_error'), counted('ok'), counted('timeout')]).toEqual([
      60, 5, 3, 52, 0,
    ])
    expect(set.sent).toBe(52)
    // Asked twice, for it is kept.
    for (const _ of [1, 2]) expect([set.lateBy(50), set.lateBy(49), set.lateBy(48)]).toEqual([0, 30, 52])
  })

  test('is told apart by tool; of one that it has not there is none', () => {
    const set = setOf({})
    expect([set.ofTool(0).intended, set.ofTool(1).intended, set.ofTool(7).intended, set.ofTool(-1).intended]).toEqual([
      30, 30, 0, 0,
    ])
  })

  test('has its values sorted, once where both ends are known', () => {
    const set = setOf({ users: 1, latencyMs: (ms) => 9_000 - ms })
    const { lows, highs } = set.sorted(latency)
    expect([...lows]).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000])
    expect(highs).toBe(lows)
    const open: CallValue = {
      ...latency,
      highMs: (table, row) => (row === 0 ? Number.POSITIVE_INFINITY : latency.lowMs(table, row)),
    }
    expect([...set.sorted(open).highs].at(-1)).toBe(Number.POSITIVE_INFINITY)
    const none: CallValue = { lowMs: () => Number.NaN, highMs: () => Number.NaN }
    expect(set.sorted(none).lows).toHaveLength(0)
  })
})

describe('how alike calls of one second are', () => {
  const widened = (effect: number, blocks: number): number => effect * (studentT(blocks - 1) / 1.96) ** 2

  test('is told by seconds of intended time, from the first one on', () => {
    // All calls of every other second are above: 10 calls in each of 6 blocks.
    const set = setOf({ latencyMs: (ms) => (Math.floor(ms / 1_000) % 2 === 0 ? 200 : 100) })
    const effect = designEffect([10, 10, 10, 10, 10, 10], [0, 10, 0, 10, 0, 10])
    expect(set.designEffectAbove(latency, 100)).toBeCloseTo(widened(effect, 6), 9)
    expect(set.designEffectAbove(latency, 99.9)).toBe(1 * widened(1, 6))
    expect(set.designEffectAbove(latency, 200)).toBe(widened(1, 6))
  })

  test('leaves out calls without a value', () => {
    const some: CallValue = {
      lowMs: (table, row) => (row % 2 === 0 ? Number.NaN : latency.lowMs(table, row)),
      highMs: latency.highMs,
    }
    const set = setOf({ latencyMs: (ms) => (Math.floor(ms / 1_000) % 2 === 0 ? 200 : 100) })
    const effect = designEffect([5, 5, 5, 5, 5, 5], [0, 5, 0, 5, 0, 5])
    expect(set.designEffectAbove(some, 100)).toBeCloseTo(widened(effect, 6), 9)
  })

  test('of seconds with one call each is that of few calls', () => {
    const set = setOf({ users: 1, latencyMs: (ms) => (ms < 6_000 ? 200 : 100) })
    expect(set.designEffectAbove(latency, 150)).toBeCloseTo(
      widened(designEffect([1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]), 6),
      9,
    )
  })
})
