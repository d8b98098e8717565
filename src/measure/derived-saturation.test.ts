import { describe, expect, test } from 'vitest'
import { derivedPeakRatio, derivedSaturated } from './derived-saturation.ts'
import { RunView } from './run-view.ts'
import { timelineOf } from './testing/calm-run.ts'
import { type GeneratedCall, type GeneratedDatabaseRow, readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const s = 1_000_000
const base = planOf()

/** So many are open, so many at work, and the others have been idle for so long. */
type State = readonly [connections: number, active: number, idleMs?: readonly number[]]
const full: State = [3, 3]
/** One has been at rest for long. */
const rested: State = [3, 2, [60_000]]
/** One is neither at rest nor surely in use. */
const unsure: State = [3, 2, [50]]

interface Shape {
  readonly max?: number | null
  /** Calls open all the time. */
  readonly inFlight?: number
  /** Of our own exchange with the database. */
  readonly tripMs?: number
  /** None is answered. */
  readonly isSilent?: boolean
}

/** A look in the middle of each second. */
function viewOf(
  states: readonly State[],
  { max = 3, inFlight = 10, tripMs = 1, isSilent = false }: Shape = {},
): RunView {
  const { primary } = base.stack.nodes
  if (primary === undefined) throw new Error('no primary')
  const own = { applications: [], users: [], addresses: [], max }
  const plan = planOf({
    stack: { ...base.stack, nodes: { ...base.stack.nodes, primary: { ...primary, own } } },
    observe: { ...base.observe, pool: null },
  })
  const calls = Array.from({ length: inFlight }, (_, user): GeneratedCall => {
    const at = { intendedUs: 0, readyUs: 0, startedUs: 0, endedUs: 60 * s }
    return { user, tool: 0, outcome: 'ok', error: null, ...at }
  })
  const database = states.map(([connections, active, idleMs = []], at): GeneratedDatabaseRow => {
    return { tUs: (at + 0.5) * s, connections, active, idleInTransaction: 0, idleMs: [...idleMs] }
  })
  const probe = Array.from({ length: 40 }, (_, at) => {
    const askedUs = at * 0.5 * s
    const told = { probe: 'db', connection: 'long', error: isSilent ? 'refused' : null } as const
    return { askedUs, endedUs: askedUs + tripMs * 1_000, ...told }
  })
  return new RunView(readGenerated({ plan, timeline: timelineOf(plan), calls, database, probe }))
}

function longest(states: readonly State[], shape?: Shape, ...spans: readonly (readonly [number, number])[]) {
  const asked = (spans.length === 0 ? [[0, states.length] as const] : spans).map(([fromS, toS]) => ({
    startUs: Math.round(fromS * s),
    endUs: Math.round(toS * s),
  }))
  const { value, interval, sampleCount } = derivedSaturated(viewOf(states, shape), asked)
  return [value, interval?.high, sampleCount]
}

/** Ten looks, of which these are not at rest. */
const looks = (state: State, ...places: readonly number[]): State[] =>
  Array.from({ length: 10 }, (_, at) => (places.includes(at) ? state : rested))

describe('the longest stretch of a derived pool', () => {
  test.each<readonly [string, readonly State[], Shape, number, number]>([
    ['from its first look to its last, up to the neighbours', looks(full, 3, 4, 5), {}, 2_000, 4_000],
    ['none, but what may lie between two looks', looks(full), {}, 0, 1_000],
    ['of two the longer one', looks(full, 1, 2, 5, 6, 7), {}, 2_000, 4_000],
    ['of two the longer one, if it is the first', looks(full, 1, 2, 3, 6, 7), {}, 2_000, 4_000],
    ['from the start of the span', looks(full, 0, 1), {}, 1_000, 2_500],
    ['to its end', looks(full, 8, 9), {}, 1_000, 2_500],
    ['what cannot be told is in its upper end alone', looks(unsure, 3, 4, 5), {}, 0, 4_000],
    // Six exchanges of 1 ms.
    [
      'without a size it counts from when another would have been opened',
      looks(full, 3, 4, 5),
      { max: null },
      1_994,
      4_000,
    ],
    ['an opening takes 30 s at most', looks(full, 3, 4, 5), { max: null, tripMs: 400 }, 0, 4_000],
    ['as many calls as connections need not wait', looks(full, 3, 4, 5), { inFlight: 3 }, 0, 1_000],
    ['one more has to', looks(full, 3, 4, 5), { inFlight: 4 }, 2_000, 4_000],
    ['more calls than it may open, though more are connected', looks([4, 4], 3, 4, 5), { inFlight: 4 }, 0, 4_000],
    ['fewer than it may open', looks([2, 2], 3, 4, 5), {}, 0, 1_000],
    ['none at all', looks([0, 0], 3, 4, 5), { max: null }, 0, 1_000],
    [
      'all of it, where nothing comes through: nobody knows what is at rest',
      looks([2, 2], 3, 4, 5),
      { isSilent: true },
      0,
      10_000,
    ],
    ['nothing coming through is over 2 s', looks([2, 2], 3, 4, 5), { tripMs: 2_000 }, 0, 1_000],
    ['and a moment more', looks([2, 2], 3, 4, 5), { tripMs: 2_001 }, 0, 4_000],
    ['fewer than it has had may be about to be opened', looks([2, 2], 3, 4, 5), { max: null }, 0, 4_000],
  ])('is %s', (_why, states, shape, low, high) => {
    expect(longest(states, shape)).toEqual([low, high, 10])
  })

  test('begins anew with another connection', () => {
    const grown: State[] = [rested, [3, 3], [3, 3], [4, 4], [4, 4], [4, 4], rested]
    expect(longest(grown, { max: 3 })[0]).toBe(2_000)
  })

  test('of a span has the looks from its start to before its end', () => {
    const states = looks(full, 3, 4, 5)
    expect(longest(states, {}, [3.5, 5.5])).toEqual([1_000, 2_000, 2])
    expect(longest(states, {}, [3.500_001, 5.5])).toEqual([0, 1_999.999, 1])
    expect(longest(states, {}, [3.5, 5.500_001])).toEqual([2_000, 2_000.001, 3])
  })

  test('of two spans is the longer one, by the looks of both', () => {
    expect(longest(looks(full, 1, 2, 5, 6, 7), {}, [0, 4], [4, 10])).toEqual([2_000, 4_000, 10])
    expect(longest(looks(full, 1, 2, 3, 7, 8), {}, [0, 6], [6, 10])).toEqual([2_000, 4_000, 10])
  })

  test('without a look is unknown', () => {
    const view = viewOf(looks(full, 3))
    expect(derivedSaturated(view, [{ startUs: 30 * s, endUs: 40 * s }])).toMatchObject({
      kind: 'none',
      reason: 'no_samples',
      sampleCount: 0,
    })
  })
})

describe('the share of a derived pool in use', () => {
  const within = [{ startUs: 0, endUs: 10 * s }]

  test('is of what the plan says it may open, up to what may be and to the largest rise', () => {
    expect(derivedPeakRatio(viewOf(looks([3, 1, [60_000, 60_000]]), { max: 4 }), within)).toMatchObject({
      value: 0.5,
      interval: { low: 0.5, high: 0.5 },
      sampleCount: 10,
    })
    // From 2 to 3 in use.
    expect(derivedPeakRatio(viewOf(looks(full, 4), { max: 4 }), within)).toMatchObject({
      value: 0.75,
      interval: { low: 0.75, high: 1 },
    })
    // Two at work, and one of which it cannot be told, once.
    expect(derivedPeakRatio(viewOf(looks(unsure, 4), { max: 4 }), within)).toMatchObject({
      value: 0.5,
      interval: { low: 0.5, high: 1 },
    })
  })

  test('is unknown without a size, and without a look', () => {
    const nothing = { kind: 'none', reason: 'no_samples', sampleCount: 0 }
    expect(derivedPeakRatio(viewOf(looks(full, 4), { max: null }), within)).toMatchObject(nothing)
    expect(derivedPeakRatio(viewOf(looks(full, 4)), [{ startUs: 30 * s, endUs: 40 * s }])).toMatchObject(nothing)
  })
})
