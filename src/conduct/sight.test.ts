import { expect, test } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import { type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { momentUs, type Sight, waitForSight } from './sight.ts'

type Look = readonly [
  connection: ProbeSample['connection'],
  askedMs: number,
  endedMs: number,
  error?: ProbeSample['error'],
  question?: string,
]

const sinceMs = 1_000

function sampleOf([connection, askedMs, endedMs, error = null, sql]: Look): ProbeSample {
  const question = sql === undefined ? usualQuestion : { sql, isLarge: false }
  const times = { askedUs: askedMs * 1_000, endedUs: endedMs * 1_000 }
  return { connection, ...times, error, sqlState: null, roundTripMs: null, answer: null, question }
}

interface Wanted {
  readonly looksRight: (sample: ProbeSample) => boolean | null
  readonly moment: (sample: ProbeSample) => number
  readonly inARow?: number
  readonly seenBy?: readonly ProbeSample['connection'][]
}

const harm: Wanted = {
  looksRight: ({ error }) => error !== null,
  moment: (sample) => momentUs(sample, sinceMs * 1_000),
}
const harmGone: Wanted = { looksRight: ({ error }) => error === null, moment: ({ endedUs }) => endedUs }

/** What is seen in these looks, each told when it ends: [at, resolution] in ms; null: nothing by 10 s. */
async function seen(wanted: Wanted, looks: readonly Look[]): Promise<readonly [number, number] | null> {
  const clock = new SimulatedClock(0)
  const listeners = new Set<(sample: ProbeSample) => void>()
  for (const look of looks) {
    const sample = sampleOf(look)
    void clock.sleep(sample.endedUs / 1_000).then(() => {
      for (const listener of listeners) listener(sample)
    })
  }
  const watch = (listener: (sample: ProbeSample) => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const search = {
    sinceUs: sinceMs * 1_000,
    untilUs: 10_000_000,
    question: usualQuestion,
    seenBy: ['long', 'fresh'] as const,
    inARow: 1,
    ...wanted,
  }
  const found: Promise<Sight | null> = waitForSight({ clock, watch, signal: new AbortController().signal }, search)
  await clock.runUntil(found)
  const sight = await found
  return sight && [sight.atUs / 1_000, sight.resolutionUs / 1_000]
}

test('silence began when the unanswered question was asked, after the last that was answered was asked', async () => {
  const looks: Look[] = [
    ['long', 1_002, 1_003],
    ['fresh', 1_003, 1_005],
    ['long', 1_011, 1_411, 'timeout'],
    ['fresh', 1_013, 1_413, 'timeout'],
  ]
  expect(await seen(harm, looks)).toEqual([1_013, 1_013 - 1_002])
})

test('nothing came before it was asked for', async () => {
  const looks: Look[] = [
    ['fresh', 990, 1_003],
    ['fresh', 1_013, 1_413, 'timeout'],
  ]
  expect(await seen({ ...harm, seenBy: ['fresh'] }, looks)).toEqual([1_013, 13])
  const silent: Look[] = [
    ['fresh', 520, 920, 'timeout'],
    ['fresh', 930, 1_030],
  ]
  expect(await seen({ ...harmGone, seenBy: ['fresh'] }, silent)).toEqual([1_030, 30])
})

test('a question that was under way when the search began went silent then', async () => {
  expect(await seen({ ...harm, seenBy: ['long'] }, [['long', 990, 1_390, 'timeout']])).toEqual([1_000, 0])
})

test('a broken connection tells at its end', async () => {
  expect(
    await seen({ ...harm, seenBy: ['long'] }, [
      ['long', 1_001, 1_002],
      ['long', 1_012, 1_015, 'reset'],
    ]),
  ).toEqual([1_015, 14])
})

test('what the slower connection sees later may have come when the quicker one still waited for it', async () => {
  // Held back since 900, let go at 1,031; the other one was silent until 1,082 and needed 40 ms then.
  const looks: Look[] = [
    ['long', 900, 1_031],
    ['fresh', 682, 1_082, 'timeout'],
    ['fresh', 1_082, 1_122],
  ]
  expect(await seen(harmGone, looks)).toEqual([1_122, 122])
})

test.each([
  ['a tenth of a second', 1_292, 1_152],
  ['as long as the next answer took', 1_462, 1_052],
])('a silence may have ended %s before its end, with the answer on its way', async (_, answeredMs, knownMs) => {
  const looks: Look[] = [
    ['fresh', 852, 1_252, 'timeout'],
    ['fresh', 1_262, answeredMs],
  ]
  expect(await seen({ ...harmGone, seenBy: ['fresh'] }, looks)).toEqual([answeredMs, answeredMs - knownMs])
})

test('a refusal holds to its end', async () => {
  const looks: Look[] = [
    ['fresh', 1_070, 1_082, 'refused'],
    ['fresh', 1_092, 1_122],
  ]
  expect(await seen({ ...harmGone, seenBy: ['fresh'] }, looks)).toEqual([1_122, 40])
})

test('what ended before the search began shows nothing', async () => {
  const looks: Look[] = [
    ['fresh', 980, 999],
    ['long', 980, 999],
  ]
  expect(await seen(harmGone, looks)).toBeNull()
})

test('what one of the connections never sees is not seen', async () => {
  expect(await seen(harm, [['long', 1_001, 1_002, 'reset']])).toBeNull()
})

test('a row begins anew after a look that shows the contrary', async () => {
  const looks: Look[] = [
    ['fresh', 1_010, 1_011],
    ['fresh', 1_020, 1_021, 'refused'],
    ['fresh', 1_030, 1_031],
    ['fresh', 1_040, 1_041],
  ]
  expect(await seen({ ...harmGone, seenBy: ['fresh'], inARow: 2 }, looks)).toEqual([1_031, 10])
})

test('an answer to another question shows nothing, a failure answers every question', async () => {
  const other = 'select 2'
  const looks: Look[] = [
    ['fresh', 1_010, 1_011, null, other],
    ['fresh', 1_020, 1_021, 'reset', other],
    ['fresh', 1_030, 1_031],
  ]
  expect(await seen({ ...harmGone, seenBy: ['fresh'] }, looks)).toEqual([1_031, 10])
})
