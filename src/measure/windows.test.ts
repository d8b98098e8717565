import { describe, expect, test } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import type { Span } from '../domain/time.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, timelineOf } from './testing/calm-run.ts'
import { type GeneratedCall, type GeneratedRun, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from './testing/plan-of.ts'
import { callsOfWindow } from './window-calls.ts'
import { without } from './windows.ts'

const oneFault = planOf({ faults: [faultOf()] })
const settlingFault = planOf({ faults: [faultOf()], objectives: launchObjectives })
/** Heal verified at 30.2 s; the recovery's planned end at 30 s + its length; the phase ends at 60 s. */
const recoveringFor = (recoveryMs: number) => planOf({ faults: [faultOf({ recoveryMs })] })
const twoOverlapping = planOf({
  faults: [faultOf(), faultOf({ id: 'reset', startMs: 25_000, forMs: 10_000, recoveryMs: 0 })],
})

function viewOf(plan: Plan, changes: Partial<GeneratedRun> = {}): RunView {
  return new RunView(readGenerated(calmRun({ plan, ...changes })))
}

function spansMs(view: RunView, id: string): readonly (readonly number[])[] | undefined {
  return view.window(id)?.spans.map((span) => [span.startUs / 1000, span.endUs / 1000])
}

function edited(plan: Plan, edit: (rows: TimelineEntry[]) => TimelineEntry[]): Partial<GeneratedRun> {
  return { timeline: edit(timelineOf(plan)) }
}

function endingAtMs(plan: Plan, ms: number): Partial<GeneratedRun> {
  const end: TimelineEntry = [ms * 1000, 'end', null, { reason: 'planned' }]
  return edited(plan, (rows) => [...rows.filter(([tUs, kind]) => kind !== 'end' && tUs < ms * 1000), end])
}

function healSeenAtMs(ms: number): Partial<GeneratedRun> {
  return edited(oneFault, (rows) =>
    rows.map((row) => (row[3].edge === 'healVerified' ? [ms * 1000, row[1], row[2], row[3]] : row)),
  )
}

function slowUntilMs(untilMs: number): GeneratedCall[] {
  return callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: (ms) => (ms < untilMs ? 900 : 20) })
}

const dropEdge =
  (...edges: string[]) =>
  (rows: TimelineEntry[]): TimelineEntry[] =>
    rows.filter(([, kind, , data]) => kind !== 'injection' || !edges.includes(String(data.edge)))

describe('spans of windows', () => {
  test.each([
    ['the run is the judged phases', oneFault, {}, 'run', [[5_000, 60_000]]],
    ['an injection reaches from its request to its verified heal', oneFault, {}, 'slow', [[20_000, 30_200]]],
    [
      'recovery goes on to its planned end when nothing says what settled means',
      oneFault,
      {},
      'slow.recovery',
      [[30_200, 40_000]],
    ],
    ['recovery ends when settled', settlingFault, {}, 'slow.recovery', [[30_200, 31_000]]],
    [
      'clear leaves injection and recovery out',
      oneFault,
      {},
      'steady.clear',
      [
        [5_000, 20_000],
        [40_000, 60_000],
      ],
    ],
    [
      'clear begins again when settled',
      settlingFault,
      {},
      'steady.clear',
      [
        [5_000, 20_000],
        [31_000, 60_000],
      ],
    ],
    [
      'clear has pieces of a second',
      recoveringFor(29_000),
      {},
      'steady.clear',
      [
        [5_000, 20_000],
        [59_000, 60_000],
      ],
    ],
    ['but none that is shorter', recoveringFor(29_001), {}, 'steady.clear', [[5_000, 20_000]]],
    ['overlapping injections stay apart', twoOverlapping, {}, 'reset', [[25_000, 35_200]]],
    [
      'clear leaves the union of both out',
      twoOverlapping,
      {},
      'steady.clear',
      [
        [5_000, 20_000],
        [40_000, 60_000],
      ],
    ],
    ['a fault without recovery has no such window', twoOverlapping, {}, 'reset.recovery', undefined],
    [
      'an injection that was never seen to heal lasts to the end',
      oneFault,
      edited(oneFault, dropEdge('healVerified')),
      'slow',
      [[20_000, 60_000]],
    ],
    ['and has no recovery', oneFault, edited(oneFault, dropEdge('healVerified')), 'slow.recovery', []],
    [
      'a fault that never came is no window, however short',
      oneFault,
      edited(oneFault, dropEdge('requested', 'applied', 'observed', 'healed', 'healVerified')),
      'slow',
      [],
    ],
    ['a run that ended as its phase began had none of it', oneFault, endingAtMs(oneFault, 5_000), 'steady', []],
    [
      'of one that ended a moment later there is some',
      oneFault,
      endingAtMs(oneFault, 5_001),
      'steady',
      [[5_000, 60_000]],
    ],
    [
      'a recovery planned to take 1 ms is one',
      recoveringFor(1),
      healSeenAtMs(30_000),
      'slow.recovery',
      [[30_000, 30_001]],
    ],
    ['one that ends as it begins is none', recoveringFor(200), {}, 'slow.recovery', []],
    ['a plan of no recovery names none', recoveringFor(0), {}, 'slow.recovery', undefined],
    [
      'recovery is over by its planned end, though the system settled later',
      settlingFault,
      { calls: slowUntilMs(45_000) },
      'slow.recovery',
      [[30_200, 40_000]],
    ],
    [
      'a fault that never came takes nothing from clear',
      oneFault,
      edited(oneFault, dropEdge('requested', 'applied', 'observed', 'healed', 'healVerified')),
      'steady.clear',
      [[5_000, 60_000]],
    ],
  ] as const)('%s', (_why, plan, changes, id, spans) => {
    expect(spansMs(viewOf(plan, changes), id)).toEqual(spans)
  })

  test('the run is one piece where judged phases follow one another, in whatever order they are written', () => {
    const phase = (id: string, startS: number, endS: number, judged = true) => {
      const [startMs, endMs] = [startS * 1000, endS * 1000]
      return { id, startMs, endMs, usersFrom: 50, usersTo: 50, judged }
    }
    const { load } = planOf()
    const phases = [phase('last', 40, 60), phase('b', 15, 30), phase('a', 5, 15), phase('pause', 30, 40, false)]
    expect(spansMs(viewOf(planOf({ load: { ...load, phases } })), 'run')).toEqual([
      [5_000, 30_000],
      [40_000, 60_000],
    ])
  })

  test.each([
    ['nothing taken', [], [[0, 10]]],
    [
      'the middle',
      [[3, 4]],
      [
        [0, 3],
        [4, 10],
      ],
    ],
    [
      'overlapping, out of order',
      [
        [5, 8],
        [2, 6],
      ],
      [
        [0, 2],
        [8, 10],
      ],
    ],
    [
      'over both ends',
      [
        [-5, 1],
        [9, 20],
      ],
      [[1, 9]],
    ],
    ['everything', [[-1, 11]], []],
    ['beyond', [[10, 12]], [[0, 10]]],
    ['its beginning: nothing of no length', [[0, 3]], [[3, 10]]],
    ['its end', [[3, 10]], [[0, 3]]],
    [
      'two that touch',
      [
        [2, 4],
        [4, 6],
      ],
      [
        [0, 2],
        [6, 10],
      ],
    ],
  ] as const)('what is left without %s', (_why, taken, left) => {
    const span = ([startUs, endUs]: readonly [number, number]): Span => ({ startUs, endUs })
    expect(without({ startUs: 0, endUs: 10 }, taken.map(span))).toEqual(left.map(span))
  })
})

describe('which calls a window takes', () => {
  /** One call in a run with a fault from 20 s to 30.2 s and a recovery to 40 s. */
  function windowsOfCall(call: Partial<GeneratedCall>): readonly string[] {
    const at = {
      user: 0,
      tool: 0,
      intendedUs: 0,
      readyUs: 0,
      startedUs: 0,
      endedUs: 0,
      outcome: 'ok',
      error: null,
    } as const
    const view = viewOf(oneFault, { calls: [{ ...at, ...call }] })
    return view.windows.filter((window) => view.calls(window).intended > 0).map((window) => window.id)
  }
  const s = 1_000_000

  test.each([
    ['over before the fault', 10 * s, 10 * s + 1, ['run', 'steady', 'steady.clear']],
    ['over at the moment of the fault', 19 * s, 20 * s, ['run', 'steady', 'steady.clear']],
    ['under way when the fault began: in it, and not clear', 19 * s, 20 * s + 1, ['run', 'steady', 'slow']],
    ['begun in the fault, over in the recovery', 29 * s, 35 * s, ['run', 'steady', 'slow']],
    ['intended when the heal was verified', 30_200_000, 31 * s, ['run', 'steady', 'slow.recovery']],
    ['begun before and over after both: in the fault alone', 19 * s, 50 * s, ['run', 'steady', 'slow']],
    ['begun when the recovery ended', 40 * s, 41 * s, ['run', 'steady', 'steady.clear']],
    ['in the warm-up, over before the fault', 4 * s, 6 * s, ['warm-up', 'warm-up.clear']],
    ['in the warm-up, over in the fault', 4 * s, 21 * s, ['warm-up', 'slow']],
    ['after the last phase: in none', 60 * s, 61 * s, []],
  ])('%s', (_why, intendedUs, endedUs, windows) => {
    expect(windowsOfCall({ intendedUs, readyUs: intendedUs, startedUs: intendedUs, endedUs })).toEqual(windows)
  })

  test('a slot that was never sent lasts until its user was free', () => {
    const unsent = { intendedUs: 18 * s, startedUs: null, endedUs: null, outcome: 'unsent' } as const
    expect(windowsOfCall({ ...unsent, readyUs: 22 * s })).toContain('slow')
    expect(windowsOfCall({ ...unsent, readyUs: 19 * s })).toContain('steady.clear')
  })

  test('each call of a run is clear, in an injection or in a recovery, and none of the first two at once', () => {
    const calls = callsOf({ users: 50, startMs: 5_000, endMs: 60_000, latencyMs: (_ms, index) => (index * 37) % 9_000 })
    const view = viewOf(oneFault, { calls })
    const counts = new Map<number, string[]>()
    for (const id of ['steady.clear', 'slow', 'slow.recovery']) {
      const window = view.window(id)
      if (window === null) throw new Error(id)
      for (const row of view.calls(window).rows) counts.set(row, [...(counts.get(row) ?? []), id])
    }
    expect(counts.size).toBe(calls.length)
    expect([...counts.values()].filter((ids) => ids.includes('steady.clear') && ids.length > 1)).toEqual([])
  })
})

test('the recovery of a fault that waited is watched from when it really ended', () => {
  const condition = { kind: 'calls', count: 500 } as const
  const waited = planOf({ faults: [faultOf({ startMs: 6_000, after: { condition, latestMs: 40_000 } })] })
  const view = viewOf(waited, { timeline: timelineOf(oneFault) })
  expect(spansMs(view, 'slow')).toEqual([[20_000, 30_200]])
  expect(spansMs(view, 'slow.recovery')).toEqual([[30_200, 40_000]])
})

test('an injection of two spans has the calls that were under way in either of them', () => {
  const { table, index } = viewOf(oneFault)
  if (table === null || index === null) throw new Error('no calls')
  // 50 calls a second, 20 ms each.
  const [first, second] = [
    { startUs: 20_000_000, endUs: 21_000_000 },
    { startUs: 30_000_000, endUs: 32_000_000 },
  ]
  const of = (spans: readonly Span[]): number => {
    const window = { id: 'slow', kind: 'injection', spans, fault: 'slow', judged: true } as const
    return callsOfWindow(table, index, window, []).intended
  }
  expect([of([first]), of([second]), of([first, second])]).toEqual([50, 100, 150])
})
