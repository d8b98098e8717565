import { describe, expect, test } from 'vitest'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

function measured(id: string, windowId: string, run: Partial<GeneratedRun>): Measured {
  const view = new RunView(readGenerated(calmRun(run)))
  const [spec, window] = [measureById(id), view.window(windowId)]
  if (spec === null || window === null) throw new Error(windowId)
  return measure(view, spec, { window })
}

describe('a fault that lasts to the end of the load', () => {
  const fault = faultOf({
    id: 'killed',
    fault: 'kill',
    on: 'primary',
    judgedBy: 'bounded',
    startMs: 50_000,
    recoveryMs: 0,
  })
  const plan = planOf({ faults: [fault] })
  /** Its end is seen 2.5 s after the load's. */
  const timeline = timelineOf(plan)
    .map((row): TimelineEntry => (row[3].edge === 'healVerified' ? [62_500_000, row[1], row[2], row[3]] : row))
    .sort(([a], [b]) => a - b)

  test.each(['tool.service_time.max', 'tool.latency.p95', 'tool.error_ratio', 'pool.exhausted'])(
    '%s is told of it',
    (id) => {
      expect(measured(id, 'killed', { plan, timeline })).toMatchObject({ kind: 'value' })
    },
  )

  test('its calls per second are those of the time in which there was load', () => {
    expect(measured('load.calls_per_s', 'killed', { plan, timeline })).toMatchObject({ value: 50 })
  })

  test('a load that ended before its planned end is still undelivered in it', () => {
    const early = timeline.map((row): TimelineEntry => (row[1] === 'load' ? [58_900_000, row[1], row[2], row[3]] : row))
    const sorted = early.sort(([a], [b]) => a - b)
    expect(measured('tool.error_ratio', 'killed', { plan, timeline: sorted })).toMatchObject({
      kind: 'none',
      reason: 'load_not_delivered',
    })
  })

  test('of a fault that came after the load nothing is told by its calls', () => {
    const late = planOf({ faults: [{ ...fault, startMs: 61_000, forMs: 1_000 }] })
    const run = { plan: late, timeline: timelineOf(late) }
    expect(measured('tool.error_ratio', 'killed', run).kind).toBe('none')
    // Calls that are still open when it comes are under way in it, and yet none was begun for it.
    const calls = callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 1_500 })
    expect(measured('load.calls_per_s', 'killed', { ...run, calls }).kind).toBe('none')
  })
})

describe('in a window of few calls', () => {
  const plan = planOf({ faults: [faultOf({ forMs: 8_000 })] })
  /** 82 calls, some of which the generator began 60 ms late. */
  const late = (count: number) =>
    callsOf({
      users: 10,
      startMs: 0,
      endMs: 60_000,
      latencyMs: () => 80,
      lateMs: (ms) => (ms >= 25_000 && ms < 25_000 + count * 100 ? 60 : 0),
    })

  test('one that was late is no load that was not delivered', () => {
    const told = measured('tool.error_ratio', 'slow', { plan, calls: late(1) })
    expect(told).toMatchObject({ kind: 'value' })
    expect(told.sampleCount).toBeLessThan(100)
  })

  test('two are', () => {
    expect(measured('tool.error_ratio', 'slow', { plan, calls: late(2) })).toMatchObject({
      reason: 'load_not_delivered',
    })
  })
})
