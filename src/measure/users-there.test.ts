import { describe, expect, test } from 'vitest'
import type { Phase, Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, randomOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedCall, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const phase = (id: string, startS: number, endS: number, usersFrom: number, usersTo = usersFrom): Phase => ({
  id,
  startMs: startS * 1_000,
  endMs: endS * 1_000,
  usersFrom,
  usersTo,
  judged: id !== 'warm-up',
})

function planned(paceMs: number, phases: readonly Phase[]): Plan {
  return planOf({ load: { ...planOf().load, paceMs, phases } })
}

/** One user's calls from when it begins until it ends: its first slot within one pace, the others 0.5 to 1.5 apart. */
function slotsOf(user: number, paceMs: number, fromMs: number, toMs: number, random: () => number): GeneratedCall[] {
  const calls: GeneratedCall[] = []
  for (let ms = fromMs + paceMs * random(); ms < toMs; ms += paceMs * (0.5 + random())) {
    const us = Math.round(ms * 1_000)
    const sent = { intendedUs: us, readyUs: us, startedUs: us, endedUs: us + 20_000 }
    calls.push({ user, tool: 0, ...sent, outcome: 'ok', error: null })
  }
  return calls
}

function usersIn(plan: Plan, calls: readonly GeneratedCall[], id: string, loadEndUs = 60_100_000): Measured {
  const timeline = timelineOf(plan).map(
    (row): TimelineEntry => (row[1] === 'load' ? [loadEndUs, row[1], row[2], row[3]] : row),
  )
  const view = new RunView(readGenerated(calmRun({ plan, timeline, calls })))
  const [spec, window] = [measureById('load.users.peak'), view.window(id)]
  if (spec === null || window === null) throw new Error(id)
  return measure(view, spec, { window })
}

const users = 300

/** All of them, one after the other from 0 to the end of the warm-up on. */
function ramped(paceS: number, warmS: number, endS: number, seed = 7): Measured {
  const random = randomOf(seed)
  const plan = planned(paceS * 1_000, [phase('warm-up', 0, warmS, 0, users), phase('steady', warmS, endS, users)])
  const calls = Array.from({ length: users }, (_, user) =>
    slotsOf(user, paceS * 1_000, (warmS * 1_000 * user) / users + 1, endS * 1_000, random),
  )
  return usersIn(plan, calls.flat(), 'run')
}

describe('users that were all there', () => {
  test.each([
    [4, 5, 60],
    [4, 5, 26],
    [10, 5, 26],
    [20, 10, 60],
    [30, 10, 60],
  ])('count all, however long their pace: %i s, from %i s to %i s', (paceS, warmS, endS) => {
    expect(ramped(paceS, warmS, endS)).toMatchObject({ value: users, interval: { low: users, high: users } })
  })

  test('of a pace that is longer than the load some have no slot: how many they were is told between two limits', () => {
    const { value, interval, method } = ramped(40, 5, 30)
    expect(interval).toEqual({ low: value, high: users })
    expect(method).toContain(`; up to ${users - Number(value)} more had no slot`)
    expect(value).toBeLessThan(users)
    expect(value).toBeGreaterThan(users / 2)
  })
})

describe('users that were not', () => {
  const random = randomOf(3)
  const plan = planned(4_000, [phase('warm-up', 0, 5, 50), phase('steady', 5, 60, 50)])
  const of = (count: number, fromMs: number, toMs: number, first = 0) =>
    Array.from({ length: count }, (_, user) => slotsOf(first + user, 4_000, fromMs, toMs, random)).flat()

  test('do not count: some never came', () => {
    expect(usersIn(plan, of(40, 0, 60_000), 'run')).toMatchObject({ value: 40, interval: { low: 40, high: 40 } })
  })

  test('do not count from when they left on, nor before they came', () => {
    const calls = [...of(30, 0, 30_000), ...of(20, 40_000, 60_000, 30)]
    expect(usersIn(plan, calls, 'steady')).toMatchObject({ value: 30 })
  })

  test('do not count after the end of the load', () => {
    const long = planned(30_000, [phase('first', 0, 30, 50), phase('second', 30, 60, 50)])
    const all = Array.from({ length: 50 }, (_, user) => slotsOf(user, 30_000, 0, 30_000, random)).flat()
    expect(usersIn(long, all, 'second', 28_000_000).value).toBe(0)
    expect(usersIn(long, all, 'first', 28_000_000).value).toBe(50)
  })
})

test('a phase with fewer users does not count those of the one before', () => {
  const random = randomOf(5)
  const plan = planned(4_000, [phase('many', 0, 30, 50), phase('few', 30, 60, 20)])
  const calls = Array.from({ length: 50 }, (_, user) =>
    slotsOf(user, 4_000, 0, user < 20 ? 60_000 : 30_000, random),
  ).flat()
  expect(usersIn(plan, calls, 'few')).toMatchObject({ value: 20, interval: { low: 20, high: 20 } })
  expect(usersIn(plan, calls, 'many')).toMatchObject({ value: 50 })
})

test('users that come again count in both of their times', () => {
  const random = randomOf(6)
  const plan = planned(4_000, [phase('a', 0, 20, 50), phase('b', 20, 40, 10), phase('c', 40, 60, 50)])
  const calls = Array.from({ length: 50 }, (_, user) =>
    user < 10
      ? slotsOf(user, 4_000, 0, 60_000, random)
      : [...slotsOf(user, 4_000, 0, 20_000, random), ...slotsOf(user, 4_000, 40_000, 60_000, random)],
  ).flat()
  expect(['a', 'b', 'c'].map((id) => usersIn(plan, calls, id).value)).toEqual([50, 10, 50])
})
