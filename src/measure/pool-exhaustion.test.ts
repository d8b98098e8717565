import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedPoolRow, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const plan = planOf({ faults: [faultOf()] })

/** The fault is on from 20 s to 30.2 s. A sample each 250 ms, with 12 of 100 in use; `changes` by its time, s. */
function ask(id: string, windowId: string, changes: (atS: number) => Partial<GeneratedPoolRow>): Measured {
  const pool = poolOf({ used: () => 12, sample: (row) => ({ ...row, ...changes((row.tUs - 3_000) / 1e6) }) })
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), pool, calls: [] })))
  const [spec, window] = [measureById(id), view.window(windowId)]
  if (spec === null || window === null) throw new Error(`${id} ${windowId}`)
  return spec.compute({
    ...{ view, window, tool: null, withinMs: null },
    stretch: { name: windowId, spans: window.spans, fault: null, shapedBy: [], calls: view.calls(window) },
  })
}
const clamp = (value: number, most: number): number => Math.min(Math.max(0, value), most)

/** So many waits from 21 s to 26 s, by bucket: to 5 ms, 50 ms, 500 ms, 1 s, 5 s and 30 s. */
const waits =
  (count: number, cumulative: readonly number[]) =>
  (atS: number): Partial<GeneratedPoolRow> => {
    const share = clamp((atS - 21) / 5, 1)
    return { wait: [Math.round(count * share), 1, cumulative.map((one) => Math.round(one * share))] }
  }

describe('a pool is exhausted', () => {
  const silent = { used: null, max: null, pending: null }

  test.each<[string, boolean, (atS: number) => Partial<GeneratedPoolRow>]>([
    ['not where nobody ever gave up', false, () => ({ timeouts: 0 })],
    ['as soon as one gave up', true, (atS) => ({ timeouts: atS < 25 ? 0 : 1 })],
    [
      'not by 2 s of saturation, to the ms',
      false,
      (atS) => ({ saturatedS: clamp(atS - 22, 2), saturatedLongestS: clamp(atS - 22, 2) }),
    ],
    [
      'by a ms more',
      true,
      (atS) => ({ saturatedS: clamp(atS - 22, 2.001), saturatedLongestS: clamp(atS - 22, 2.001) }),
    ],
    ['not by a few waits of which the longest took up to 1 s', false, waits(30, [29, 29, 29, 30, 30, 30])],
    ['not by a p95 of up to 1 s', false, waits(500, [400, 400, 400, 500, 500, 500])],
    ['by a p95 of over 1 s', true, waits(500, [400, 400, 400, 400, 500, 500])],
    ['by a p95 that is above all buckets', true, waits(500, [400, 400, 400, 400, 400, 400])],
    [
      'by a p95 that is above all buckets, of which the last one ends at 1 s',
      true,
      (atS) => ({ ...waits(500, [400, 400, 500])(atS), waitBoundsS: [0.1, 1, Number.POSITIVE_INFINITY] }),
    ],
    [
      'not by a p95 in the last bucket, which ends at 1 s',
      false,
      (atS) => ({ ...waits(500, [400, 500, 500])(atS), waitBoundsS: [0.1, 1, Number.POSITIVE_INFINITY] }),
    ],
  ])('%s', (_why, value, changes) => {
    expect(ask('pool.exhausted', 'slow', changes)).toMatchObject({ kind: 'value', value })
  })

  test('or not: that cannot be told by waits above all buckets, of which the last ends below 1 s', () => {
    const changes = (atS: number) => ({
      ...waits(500, [400, 400, 500])(atS),
      waitBoundsS: [0.1, 0.5, Number.POSITIVE_INFINITY],
    })
    expect(ask('pool.exhausted', 'slow', changes)).toMatchObject({
      kind: 'none',
      reason: 'interval_crosses_bound',
      why: expect.stringContaining('whether wait p95 went over'),
    })
  })

  test('by as many samples as the sign has that has the most', () => {
    expect(ask('pool.exhausted', 'slow', () => ({}))).toMatchObject({ value: false, sampleCount: 41 })
    expect(ask('pool.exhausted', 'slow', waits(500, [500, 500, 500, 500, 500, 500])).sampleCount).toBe(500)
    expect(ask('pool.exhausted', 'slow', (atS) => (atS < 20 ? {} : silent))).toMatchObject({
      kind: 'none',
      sampleCount: 0,
    })
  })

  test('or not: that nobody knows of a pool that shows no sign at all', () => {
    expect(ask('pool.exhausted', 'slow', () => silent)).toMatchObject({
      ...{ kind: 'none', reason: 'no_samples', sampleCount: 0 },
      why: 'no sign of exhaustion could be read',
    })
  })
})

describe('waits for a connection', () => {
  test('the longest is told of a single wait, the p95 is not', () => {
    const one = (atS: number): Partial<GeneratedPoolRow> =>
      atS < 25 ? { wait: [0, 0, [0, 0, 0, 0, 0, 0]] } : { wait: [1, 1, [0, 0, 1, 1, 1, 1]] }
    expect(ask('pool.acquire_wait.max', 'slow', one)).toMatchObject({ kind: 'value', value: 500, sampleCount: 1 })
    expect(ask('pool.acquire_wait.p95', 'slow', one)).toMatchObject({ kind: 'none', reason: 'too_few_samples' })
  })

  test('are none where nobody asked', () => {
    const measured = ask('pool.acquire_wait.max', 'slow', () => ({ wait: [0, 0, [0, 0, 0, 0, 0, 0]] }))
    expect(measured).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
  })
})

describe('callers that gave up', () => {
  const anyTime = 40
  const jump = (atS: number): number => (atS < 27 ? 40 : 47)

  test.each<[string, string, number, (atS: number) => number, Partial<Measured>]>([
    ['long before the window are none in it', 'slow', -2, () => anyTime, { value: 0 }],
    ['are not known where the first was told in it', 'slow', 25, () => 1, { kind: 'none', reason: 'no_samples' }],
    ['are none where it was told at 0 first', 'slow', 25, () => 0, { value: 0 }],
    ['are those told since, at the least', 'slow', 25, jump, { value: 7 }],
    ['are not known where it was told after the window alone', 'slow', 40, () => 0, { kind: 'none', sampleCount: 0 }],
    // Clear are 5 to 20 s and 40.2 to 60 s.
    ['are not known where it was told in the first of two spans', 'steady.clear', 9, () => 3, { kind: 'none' }],
  ])('%s', (_why, windowId, fromS, count, told) => {
    const measured = ask('pool.acquire_timeouts', windowId, (atS) => ({ timeouts: atS < fromS ? null : count(atS) }))
    expect(measured).toMatchObject(told)
  })

  test('are known where the first was told at the very start of the window, to the µs', () => {
    const shifted = (shiftUs: number) =>
      ask('pool.acquire_timeouts', 'slow', (atS) => ({
        tUs: Math.round(atS * 1e6) + shiftUs,
        tookUs: 0,
        timeouts: atS < 20 ? null : 40,
      }))
    expect(shifted(0)).toMatchObject({ kind: 'value', value: 0 })
    expect(shifted(1)).toMatchObject({ kind: 'none', reason: 'no_samples' })
  })
})

describe('what a target never tells is not assessed', () => {
  const lacking = (id: string, changes: (atS: number) => Partial<GeneratedPoolRow>): string | null => {
    const pool = poolOf({ used: () => 12, sample: (row) => ({ ...row, ...changes(row.tUs / 1e6) }) })
    const view = new RunView(readGenerated(calmRun({ plan, pool, calls: [] })))
    return measureById(id)?.lacking?.(view) ?? null
  }
  const longest = 'pool.saturated_time.longest'

  test.each<[string, string, (atS: number) => Partial<GeneratedPoolRow>, RegExp | null]>([
    ['saturation by gauges', longest, () => ({}), null],
    [
      'saturation by counters, without gauges',
      longest,
      () => ({ pending: null, saturatedS: 0, saturatedLongestS: 0 }),
      null,
    ],
    ['neither', longest, () => ({ pending: null }), /does not tell pending of its pool/],
    ['half of the counters', longest, () => ({ pending: null, saturatedS: 0 }), /does not tell pending/],
    ['it once, in all of the run', longest, (atS) => (atS > 30 && atS < 30.2 ? {} : { pending: null }), null],
    ['no sign of exhaustion', 'pool.exhausted', () => ({ pending: null }), /does not tell pending/],
    ['one sign of exhaustion', 'pool.exhausted', () => ({ pending: null, timeouts: 0 }), null],
    ['nothing at all, of a sampler that never had an answer', longest, () => ({ error: 'HTTP 503' }), null],
    [
      'nothing, in the only answer that it had',
      longest,
      (atS) => (atS > 30 && atS < 30.2 ? { pending: null } : { error: 'HTTP 503' }),
      /does not tell pending/,
    ],
  ])('%s', (_what, id, changes, why) => {
    if (why === null) expect(lacking(id, changes)).toBeNull()
    else expect(lacking(id, changes)).toMatch(why)
  })

  test('but for a stream that was cut, which may have told it later', () => {
    const folder = readGenerated(
      calmRun({ plan, calls: [], pool: poolOf({ used: () => 12, sample: (row) => ({ ...row, pending: null }) }) }),
    )
    if (folder.pool === null) throw new Error('no pool')
    const pool = { ...folder.pool, state: { ...folder.pool.state, cut: 'it ends in the middle of a row' } }
    expect(measureById(longest)?.lacking?.(new RunView({ ...folder, pool }))).toBeNull()
  })
})
