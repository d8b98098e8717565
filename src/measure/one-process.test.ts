import { expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
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
