import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { fallsWithoutRestart } from './one-process.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, poolOf, timelineOf } from './testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

interface Shape {
  readonly more?: readonly TimelineEntry[]
  readonly uptimeS?: (s: number) => number
  readonly hasFault?: boolean
}

function timeouts(count: (s: number, index: number) => number, { more = [], uptimeS, hasFault = false }: Shape = {}) {
  const plan = planOf(hasFault ? { faults: [faultOf()] } : {})
  let index = 0
  const pool = poolOf({
    used: () => 3,
    sample: (row) => {
      const s = row.tUs / 1e6
      return { ...row, timeouts: count(s, index++), uptimeS: uptimeS?.(s) ?? null }
    },
  })
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan, more), pool })))
  const ask = (id: string): Measured => {
    const [spec, window] = [measureById(id), view.window('steady')]
    if (spec === null || window === null) throw new Error(id)
    return measure(view, spec, { window })
  }
  return { count: ask('pool.acquire_timeouts'), exhausted: ask('pool.exhausted') }
}

/** 5 by 25 s, then anew from 0 to 7. */
const anew = (s: number): number => (s < 10 ? 0 : s < 25 ? 5 : s < 40 ? 0 : 7)
const exit: TimelineEntry = [24_900_000, 'exit', 'server', { pid: 2, code: 1, signal: null, planned: false }]

test('two processes that answer for one page in turn do not make callers give up', () => {
  const { count, exhausted } = timeouts((_s, index) => (index % 2) * 5)
  expect(count).toMatchObject({ kind: 'none', why: expect.stringContaining('several processes seem to answer') })
  expect(timeouts((s) => (s > 20 && s < 21 ? 3 : 5)).count).toMatchObject({ why: expect.stringContaining(', 1 times') })
  expect(exhausted.kind).toBe('none')
})

test.each<[string, Shape]>([
  ['the run saw it end', { more: [exit] }],
  ['it says that it is young', { uptimeS: (s) => (s < 25 ? s + 100 : s - 24.8) }],
  ['a fault of the plan was on', { hasFault: true }],
])('a process that began anew counts on: %s', (_how, shape) => {
  expect(timeouts(anew, shape).count).toMatchObject({ kind: 'value', interval: { low: 12 } })
})

test.each<[string, Shape]>([
  ['it says that it is old', { more: [exit], uptimeS: (s) => s + 100 }],
  ['nothing says that it ended', {}],
])('one that went back and came up again did not: %s', (_how, shape) => {
  expect(timeouts(anew, shape).count).toMatchObject({ kind: 'none' })
})

test('one that went back for good is taken for a new one', () => {
  expect(timeouts((s) => (s < 10 ? 0 : s < 25 ? 5 : 1)).count).toMatchObject({ kind: 'value', interval: { low: 6 } })
})

describe('a count that went back between two samples, and came up again', () => {
  /** Asked for at 24.997 s and told at 25 s, then told at 25.397 s, and at last. */
  function falls(more: readonly TimelineEntry[], uptimeS: number | null = null): number {
    const told = [
      [25_000_000, 5],
      [25_397_000, 0],
      [40_000_000, 7],
    ] as const
    const pool = told.map(([tUs, count]) => ({ tUs, tookUs: 3_000, timeouts: count, uptimeS }))
    const timeline = [...timelineOf(planOf()), ...more]
    const plan = planOf({ faults: [faultOf()] })
    const view = new RunView(readGenerated(calmRun({ plan, timeline, pool, calls: [] })))
    return fallsWithoutRestart(view, view.poolRows, (row) => row.timeouts)
  }
  const edge = (tUs: number, name: string): TimelineEntry => [tUs, 'injection', 'slow', { edge: name }]

  test.each([
    ['is another process by its age, told a tenth of a second wrong at most', 24_897_001, 0],
    ['is the same one by an age that is more than that', 24_897_000, 1],
  ])('%s', (_why, beganUs, count) => {
    expect(falls([], (25_397_000 - beganUs) / 1e6)).toBe(count)
  })

  test.each([
    ['exit', 24_997_000, 0],
    ['exit', 24_996_999, 1],
    ['process', 25_397_000, 0],
    ['process', 25_397_001, 1],
    ['hook', 25_100_000, 1],
  ])('is another process where the run saw %s at %d µs, between the two: falls %d', (kind, tUs, count) => {
    expect(falls([[tUs, kind, 'server', { pid: 2 }]])).toBe(count)
  })

  test.each([
    [25_397_000, null, 0],
    [25_397_001, null, 1],
    [20_000_000, 25_000_000, 0],
    [20_000_000, 24_999_999, 1],
    [20_000_000, null, 0],
  ])('may be another one while a fault was on, from %d to %s µs: falls %d', (startUs, healedUs, count) => {
    const healed = healedUs === null ? [] : [edge(healedUs, 'healVerified')]
    expect(falls([edge(startUs, 'requested'), ...healed])).toBe(count)
  })
})
