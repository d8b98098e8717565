import { describe, expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedPoolRow, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const plan = planOf({ faults: [faultOf()] })

function ask(id: string, windowId: string, pool: readonly GeneratedPoolRow[], of: Plan = plan): Measured {
  const rows = [...pool].sort((a, b) => a.tUs - b.tUs)
  const view = new RunView(readGenerated(calmRun({ plan: of, timeline: timelineOf(of), pool: rows })))
  const spec = measureById(id)
  const window = view.window(windowId)
  if (spec === null || window === null) throw new Error(`${id} ${windowId}`)
  expect(spec.lacking?.(view) ?? null).toBe(null)
  return measure(view, spec, { window })
}

type Sample = (row: GeneratedPoolRow) => GeneratedPoolRow

/** Pools of 30; for 10 s of the steady load all those for writes are in use, and 40 callers wait. */
const isFull = (ms: number): boolean => ms >= 45_000 && ms < 55_000
const writes = (sample: Sample = (row) => row, instance = 'server/write') =>
  poolOf({
    max: 30,
    used: (ms) => (isFull(ms) ? 30 : ms < 60_000 ? 3 : 2),
    pending: (ms) => (isFull(ms) ? 40 : 0),
    sample: (row) => sample({ ...row, instance }),
  })
const reads = (sample: Sample = (row) => row, instance = 'server/read') =>
  poolOf({ max: 30, used: (ms) => (ms < 60_000 ? 2 : 1), sample: (row) => sample({ ...row, instance }) })

describe('several pools of one server', () => {
  test.each([
    ['as full as the fullest', 'pool.used.peak_ratio', 1],
    ['saturated as long as the one that is', 'pool.saturated_time.longest', 9_750],
    ['exhausted where one is', 'pool.exhausted', true],
  ])('are %s', (_how, id, value) => {
    expect(ask(id, 'steady', [...writes(), ...reads()])).toMatchObject({ kind: 'value', value })
  })

  test('leak together', () => {
    expect(ask('pool.leaked', 'run', [...writes(), ...reads()])).toMatchObject({ value: 3 })
  })

  test('callers that gave up add up, and a pool that never counted any has none', () => {
    const counted: Sample = (row) => ({ ...row, timeouts: row.tUs < 50e6 ? 0 : 4 })
    expect(ask('pool.acquire_timeouts', 'steady', [...writes(counted), ...reads(counted)])).toMatchObject({ value: 8 })
    expect(ask('pool.acquire_timeouts', 'steady', [...writes(counted), ...reads()])).toMatchObject({ value: 4 })
  })

  test('one that is not told any more is missing', () => {
    const gone = writes((row) => ({ ...row, used: row.tUs > 30e6 && row.tUs < 40e6 ? null : (row.used ?? null) }))
    expect(ask('pool.used.peak_ratio', 'steady', [...gone, ...reads()])).toMatchObject({
      reason: 'sampler_silent',
      why: expect.stringContaining('from server/write'),
    })
  })

  test('a page that did not answer is missing of all of them', () => {
    const failed = poolOf({ used: () => 0, fromMs: 40_000, toMs: 43_000 }).map(({ tUs, tookUs }) => {
      return { tUs: tUs + 1_000, tookUs, error: 'HTTP 503' }
    })
    const isOut = ({ tUs }: GeneratedPoolRow): boolean => tUs < 40e6 || tUs > 43e6
    const pool = [...writes().filter(isOut), ...reads().filter(isOut), ...failed]
    expect(ask('pool.used.peak_ratio', 'steady', pool)).toMatchObject({
      reason: 'sampler_silent',
      why: expect.stringContaining('HTTP 503'),
    })
  })

  test('what a page told before there were two is of neither', () => {
    const before = poolOf({ used: () => 30, max: 30, toMs: 10_000 })
    const after = ({ tUs }: GeneratedPoolRow): boolean => tUs > 10e6
    const pool = [...before, ...writes().filter(after), ...reads().filter(after)]
    expect(ask('pool.used.peak_ratio', 'slow', pool)).toMatchObject({ value: 0.1 })
    expect(ask('pool.used.peak_ratio', 'steady', pool)).toMatchObject({ reason: 'sampler_silent' })
  })

  test('of several instances are those of each', () => {
    const { stack } = plan
    const { server, ...nodes } = stack.nodes
    if (server === undefined) throw new Error('no server')
    const two = { ...plan, stack: { ...stack, nodes: { server: { ...server, instances: 2 }, ...nodes } } }
    const pool = ['server-1', 'server-2'].flatMap((instance) => [
      ...writes(undefined, `${instance}/write`),
      ...reads(undefined, `${instance}/read`),
    ])
    expect(ask('pool.used.peak_ratio', 'steady', pool, two)).toMatchObject({ value: 1 })
    expect(ask('pool.leaked', 'run', pool, two)).toMatchObject({ value: 6 })
  })
})

describe('a histogram of waits', () => {
  /** 100 acquires a second from the first call on, all within 0.05 s; nothing before. */
  const bounded = (bounds: readonly number[], cumulative: (n: number) => readonly number[]): Sample => {
    let isTold = false
    return (row) => {
      if (row.tUs < 0) return row
      const n = Math.round((row.tUs / 1e6) * 100)
      const first = !isTold
      isTold = true
      return { ...row, wait: [n, n / 100, cumulative(n)], ...(first ? { waitBoundsS: bounds } : {}) }
    }
  }

  test('that comes with the first acquire tells its own bounds', () => {
    const sample = bounded([0.02, 0.07, Number.POSITIVE_INFINITY], (n) => [0, n, n])
    const pool = poolOf({ used: () => 5, sample })
    expect(ask('pool.acquire_wait.p95', 'steady', pool)).toMatchObject({ value: 70, interval: { low: 20, high: 70 } })
    expect(ask('pool.exhausted', 'steady', pool)).toMatchObject({ value: false })
  })

  test('of several pools is read by the bounds that all have', () => {
    const one = bounded([0.02, 0.07, 2], (n) => [0, n, n])
    const other = bounded([0.07, 2], (n) => [n, n])
    const pool = [...writes(other), ...reads(one)]
    expect(ask('pool.acquire_wait.p95', 'slow', pool)).toMatchObject({ value: 70, interval: { low: 0, high: 70 } })
  })

  test('of a run that had its bounds in the header is read by them', () => {
    const sample: Sample = (row) => {
      const n = Math.max(0, Math.round((row.tUs / 1e6) * 100))
      return { ...row, wait: [n, n / 100, [0, n, n, n, n, n]] }
    }
    expect(ask('pool.acquire_wait.p95', 'steady', poolOf({ used: () => 5, sample }))).toMatchObject({ value: 50 })
  })
})
