import { describe, expect, test } from 'vitest'
import type { Phase, Plan } from '../domain/plan.ts'
import type { Measured } from '../domain/verdict.ts'
import { measure } from './measure-spec.ts'
import { measureById } from './registry.ts'
import { RunView } from './run-view.ts'
import { calmRun, randomOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedCall, readGenerated, type TimelineEntry } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'
import { mostAtOnce, type UsersThere, usersThere } from './users-there.ts'

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

const s = 1_000_000

/** By slots [user, s], of a pace of 10 s. */
function told(phases: readonly Phase[], slots: readonly (readonly [number, number])[], loadEndS: number | null = null) {
  const table = {
    count: slots.length,
    user: Int32Array.from(slots, ([user]) => user),
    intendedUs: Float64Array.from(slots, ([, atS]) => Math.round(atS * s)),
  }
  return usersThere(table, planned(10_000, phases), loadEndS === null ? null : loadEndS * s)
}
const inSeconds = (lives: UsersThere['lives']) => lives.map(({ fromUs, toUs }) => [fromUs / s, toUs / s])

describe('one user with a pace of 10 s', () => {
  const all = [phase('steady', 5, 100, 1)]

  test.each<[string, readonly number[], number | null, readonly (readonly number[])[]]>([
    ['was there from the begin of the phase where its first slot came a pace later', [15, 20], null, [[5, 20]]],
    ['and from that slot on where it came a µs after that', [15.000_001, 20], null, [[15.000_001, 20]]],
    ['whichever was told first', [20, 15], null, [[5, 20]]],
    ['was there to the end of the phase where its last came 1.5 paces before', [15, 85], 101, [[5, 99.999_999]]],
    ['and to that slot where it came a µs before that', [15, 84.999_999], 101, [[5, 84.999_999]]],
    ['no longer than the load', [15, 85], 90, [[5, 90]]],
    ['to its last slot, whatever is said of the load', [15, 85], 80, [[5, 85]]],
    ['to its last slot where nobody knows when the load was over', [15, 85], null, [[5, 85]]],
    ['by no slot was not there', [], 101, []],
    ['beside the plan from its first slot to its last', [3, 50, 110], 101, [[3, 110]]],
  ])('%s', (_why, slots, loadEndS, lives) => {
    const { lives: seen, users: count } = told(
      all,
      slots.map((atS) => [0, atS]),
      loadEndS,
    )
    expect(inSeconds(seen)).toEqual(lives)
    expect(count).toBe(lives.length)
  })

  test('is there once over phases that follow each other, and again after a pause', () => {
    const phases = [phase('a', 0, 20, 1), phase('b', 20, 40, 2), phase('pause', 40, 60, 0), phase('c', 60, 80, 1)]
    const again = [...phases, phase('d', 80, 100, 1)]
    const slots = [5, 15, 25, 35, 65, 75, 85, 95].map((atS) => [0, atS] as const)
    expect(inSeconds(told(again, slots, 101).lives)).toEqual([
      [0, 39.999_999],
      [60, 99.999_999],
    ])
  })
})

describe('users without a slot', () => {
  test.each([
    ['may have been there for less than a pace', 14.999, [[5, 14.998_999]]],
    ['were not there for a pace and longer', 15, []],
  ])('%s', (_why, endS, unseen) => {
    expect(inSeconds(told([phase('short', 5, endS, 1)], []).unseen)).toEqual(unseen)
    expect(told([phase('short', 5, endS, 1)], [[0, 6]]).unseen).toEqual([])
  })

  test('of a rising and of a falling load are those of each user, from and to its own time, to the µs', () => {
    const rising = told([phase('up', 5, 14, 0, 7)], [])
    expect(rising.unseen).toEqual(
      [5_000_000, 6_285_714, 7_571_429, 8_857_143, 10_142_857, 11_428_571, 12_714_286].map((fromUs) => ({
        fromUs,
        toUs: 13_999_999,
      })),
    )
    const falling = told([phase('down', 5, 14, 7, 0)], [])
    expect(falling.unseen).toEqual(
      [14_000_000, 12_714_286, 11_428_571, 10_142_857, 8_857_143, 7_571_429, 6_285_714].map((endUs) => ({
        fromUs: 5_000_000,
        toUs: endUs - 1,
      })),
    )
    // Rounded down, where it is less than half a µs.
    const other = told([phase('up', 5, 15, 6, 7), phase('on', 15, 100, 7)], [[6, 15]])
    expect(inSeconds(other.lives)).toEqual([[5, 15]])
    expect(told([phase('up', 0, 9.999, 0, 7)], []).unseen[1]?.fromUs).toBe(1_428_429)
  })
})

describe('the most at once', () => {
  const lives = [
    { fromUs: 0, toUs: 10 },
    { fromUs: 10, toUs: 20 },
    { fromUs: 30, toUs: 40 },
  ]

  test.each([
    ['counts one whose last slot is that at which another begins', 0, 40, 2],
    ['counts none that begins at the very end', 21, 30, 0],
    ['counts one that begins a µs before the end', 21, 31, 1],
    ['counts one that ended as the span began', 20, 30, 1],
    ['counts none that ended before', 21, 25, 0],
  ])('%s', (_why, startUs, endUs, most) => {
    expect(mostAtOnce(lives, [{ startUs, endUs }])).toBe(most)
    expect(
      mostAtOnce(lives, [
        { startUs: 50, endUs: 60 },
        { startUs, endUs },
      ]),
    ).toBe(most)
  })
})
