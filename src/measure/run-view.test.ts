import { describe, expect, test } from 'vitest'
import type { RunFolder } from '../record/reader.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from './testing/plan-of.ts'

const s = 1_000_000
const folderOf = (changes: Partial<GeneratedRun> = {}): RunFolder => readGenerated(calmRun({ calls: [], ...changes }))
const viewOf = (changes: Partial<GeneratedRun> = {}): RunView => new RunView(folderOf(changes))
const loadEnd = (tUs: number, id: string, edge = 'end'): TimelineEntry => [tUs, 'load', id, { edge }]

/** A timeline with other facts about the file that it came from. */
function readFrom(timeline: readonly TimelineEntry[], wholeUntilUs: number): RunView {
  const folder = folderOf({ timeline })
  if (folder.timeline === null) throw new Error('no timeline')
  const state = { ...folder.timeline.state, wholeUntilUs }
  return new RunView({ ...folder, timeline: { ...folder.timeline, state } })
}

describe('the end of a run', () => {
  test('is the last row that says so, with its reason and what was said of it', () => {
    const of = (data: Record<string, unknown>) => viewOf({ timeline: [[9 * s, 'end', null, data]] }).end
    expect(of({ reason: 'planned' })).toEqual({ tUs: 9 * s, reason: 'planned', text: null })
    expect(of({ reason: 'aborted', text: 'why' })).toEqual({ tUs: 9 * s, reason: 'aborted', text: 'why' })
    expect(of({ reason: 'aborted', text: 7 })).toEqual({ tUs: 9 * s, reason: 'aborted', text: null })
  })

  test.each<[string, readonly TimelineEntry[], number, number]>([
    ['is as far as the timeline is whole', [loadEnd(7 * s, 'k6-1')], 5 * s, 5 * s],
    [
      'is its last row where it was closed all the same',
      [loadEnd(6 * s, 'k6-1'), loadEnd(7 * s, 'k6-2')],
      Number.POSITIVE_INFINITY,
      7 * s,
    ],
    ['is not known of an empty one', [], Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])('that nobody told of %s', (_why, timeline, wholeUntilUs, tUs) => {
    expect(readFrom(timeline, wholeUntilUs).end).toEqual({ tUs, reason: 'cut', text: null })
  })
})

describe('the load of a run', () => {
  test('ended when its last instance was done', () => {
    const ends = [loadEnd(58 * s, 'k6-1'), loadEnd(60 * s, 'k6-2'), loadEnd(59 * s, 'k6-3')]
    const beside: TimelineEntry[] = [
      loadEnd(62 * s, 'k6-2', 'start'),
      [63 * s, 'injection', 'slow', { edge: 'end' }],
      [64 * s, 'load', 'k6-1', {}],
    ]
    expect(viewOf({ timeline: [...ends, ...beside] }).loadEndUs).toBe(60 * s)
    expect(viewOf({ timeline: beside }).loadEndUs).toBeNull()
  })

  test('began with the first call that was sent, whichever was told first', () => {
    const lateMs = (ms: number): number => (ms === 0 ? 700 : 3)
    const calls = callsOf({ users: 1, startMs: 0, endMs: 3_000, latencyMs: () => 900, lateMs })
    expect(viewOf({ calls }).firstCallUs).toBe(700_000)
    expect(viewOf({ calls: calls.toReversed().map((call) => ({ ...call, endedUs: 9 * s })) }).firstCallUs).toBe(700_000)
  })

  test('of which nothing was sent has no first call', () => {
    const calls = callsOf({ users: 1, startMs: 0, endMs: 3_000, latencyMs: () => 1, outcome: () => 'unsent' })
    expect(viewOf({ calls }).firstCallUs).toBe(0)
    expect(viewOf().firstCallUs).toBe(0)
  })

  test('is known as far as the shortest of its streams tells', () => {
    const folder = folderOf()
    const [state] = folder.calls?.states ?? []
    if (folder.calls === null || state === undefined) throw new Error('no calls')
    const until = (...ends: readonly number[]): number => {
      const states = ends.map((wholeUntilUs) => ({ ...state, wholeUntilUs }))
      return new RunView({ ...folder, calls: { ...folder.calls, states } as NonNullable<RunFolder['calls']> })
        .callsWholeUntilUs
    }
    expect(until(9 * s, 4 * s, 7 * s)).toBe(4 * s)
    expect(until()).toBe(Number.NEGATIVE_INFINITY)
  })
})

describe('a run without a calls stream', () => {
  test('has windows, none of which has a call, and nobody was there', () => {
    const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })
    const { calls: _, ...rest } = calmRun({ plan })
    const view = new RunView(readGenerated(rest))
    expect([view.table, view.index, view.firstCallUs]).toEqual([null, null, 0])
    expect(view.callsWholeUntilUs).toBe(Number.NEGATIVE_INFINITY)
    expect(view.windows.map((window) => view.calls(window).intended)).toEqual(view.windows.map(() => 0))
    expect(view.windows.map((window) => view.calls(window, 'read').intended)).toEqual(view.windows.map(() => 0))
    expect(view.settlings.size).toBe(0)
    expect(view.users).toEqual(viewOf({ plan }).users)
  })
})

describe('whether a system settled', () => {
  const [p95, errors] = launchObjectives

  test.each([
    ['is asked of a plan that bounds the latency alone', [p95], 1],
    ['is asked of one that bounds the errors alone', [errors], 1],
    ['is not asked of one that bounds neither', [], 0],
  ])('%s', (_why, objectives, size) => {
    const plan = planOf({ faults: [faultOf()], objectives: objectives.filter((one) => one !== undefined) })
    expect(viewOf({ plan, timeline: timelineOf(plan) }).settlings.size).toBe(size)
  })

  test('is looked at until the next fault, also of one that is asked for at that very moment', () => {
    // The first is verified to be over at 30.2 s.
    const horizonOf = (startMs: number): number | undefined => {
      const next = faultOf({ id: 'next', startMs, forMs: 5_000 })
      const plan = planOf({ faults: [faultOf(), next], objectives: launchObjectives })
      return viewOf({ plan, timeline: timelineOf(plan) }).settlings.get('slow')?.horizonUs
    }
    expect(horizonOf(40_000)).toBe(40 * s)
    expect(horizonOf(30_200)).toBe(30_200_000)
    // That is of an earlier one.
    expect(horizonOf(30_199)).toBe(60 * s)
  })
})

test('what a balancer told is seen by instance; of the rows without one nothing is said', () => {
  const at = (tUs: number, instance: string) => ({ tUs, instance, isUp: true, sent: 1 })
  const rows = [at(s, 'server-1'), at(s, 'server-2'), at(2 * s, 'server-1')]
  const folder = folderOf({ balancer: rows })
  if (folder.balancer === null) throw new Error('no balancer')
  const [first] = folder.balancer.rows
  if (first === undefined) throw new Error('no row')
  const mixed = [...folder.balancer.rows, { ...first, tUs: 3 * s, instance: null }]
  const { instances } = new RunView({ ...folder, balancer: { ...folder.balancer, rows: mixed } })
  expect(instances.map((own) => own.map(({ tUs, instance }) => [instance, tUs]))).toEqual([
    [
      ['server-1', s],
      ['server-1', 2 * s],
    ],
    [['server-2', s]],
  ])
})
