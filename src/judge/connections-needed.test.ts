import { expect, it } from 'vitest'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, poolOf, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, planOf } from '../measure/testing/plan-of.ts'
import { connectionsNeeded } from './hints.ts'

interface Shape {
  readonly used?: number
  /** How many connections were handed out from the start until a second of the run. */
  readonly acquired?: (s: number) => number
  readonly latencyMs?: number
  readonly faultAtMs?: number
  readonly faultForMs?: number
}

const evenly = (s: number) => Math.round(8 * s)

/** Two calls a second; the fault is seen to end 0.2 s later, and has 10 s to recover. */
function needOf(
  { used = 6, acquired = evenly, latencyMs = 20, faultAtMs = 20_000, faultForMs = 10_000 }: Shape,
  id = 'slow',
) {
  const plan = planOf({ faults: [faultOf({ startMs: faultAtMs, forMs: faultForMs })] })
  const pool = poolOf({
    used: () => used,
    sample: (row) => {
      const count = acquired(Math.max(0, row.tUs / 1e6))
      return { ...row, wait: [count, 0, [count, count, count, count, count, count]] }
    },
  })
  const calls = callsOf({ users: 2, startMs: 0, endMs: 60_000, latencyMs: () => latencyMs })
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), calls, pool, database: [] })))
  const window = view.window(id)
  if (window === null) throw new Error(id)
  return connectionsNeeded(view, window)
}

it('counts the calls that were due in the window, not those that it still found under way', () => {
  // From 20.0 s to 30.0 s, each half second, in 10.2 s.
  expect(needOf({ latencyMs: 3_000 })?.callsPerS).toBeCloseTo(21 / 10.2, 9)
})

it('counts those of each piece of a window', () => {
  // From 5 s to 20 s, and from 40 s to the end.
  expect(needOf({}, 'steady.clear')?.callsPerS).toBe(2)
})

it.each<[reason: string, shape: Shape, connections: number]>([
  ['what each of two calls a second holds for 3 s', {}, 7],
  ['none of a pool of which none was in use', { used: 0 }, 0],
  ['what a fault of less than a second tells', { faultForMs: 600 }, 8],
  ['what a calm that lies in one piece tells', { faultAtMs: 5_000 }, 7],
])('are %s', (_reason, shape, connections) => {
  expect(needOf(shape)?.connections).toBe(connections)
})

it('rests on a single connection that was handed out while the fault was on', () => {
  const once = (s: number) => (s < 20 ? evenly(s) : s < 25 ? 160 : s < 40 ? 161 : 161 + evenly(s - 40))
  // Six in use, each for as long as the fault was on: 61 s, four times a call, for some two calls a second.
  expect(needOf({ acquired: once })?.holdMs).toBeGreaterThan(200_000)
})

it('rests on a single connection that was handed out in the calm', () => {
  const once = (s: number) => (s < 10 ? 0 : s < 20 ? 1 : s < 35 ? 1 + evenly(s - 20) : 121)
  expect(needOf({ acquired: once })?.holdMs).toBeGreaterThan(0)
})

it('cannot be told where none was handed out in the calm', () => {
  const never = (s: number) => (s < 20 ? 0 : s < 35 ? evenly(s - 20) : 120)
  expect(needOf({ acquired: never })).toBeNull()
})
