import { describe, expect, it } from 'vitest'
import type { Window } from '../domain/verdict.ts'
import { serviceTimeLowMs } from './call-facts.ts'
import { comparedMeasures } from './compared.ts'
import { callCells, connectionCells, secondsOf, sentCells, waitCells } from './compared-cells.ts'
import { poolPeakCells } from './compared-pool.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, databaseOf, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

type Spans = readonly (readonly [fromS: number, toS: number])[]

const window = (...spans: Spans): Window => ({
  id: 'steady.clear',
  kind: 'clear',
  spans: spans.map(([fromS, toS]) => ({ startUs: fromS * 1e6, endUs: toS * 1e6 })),
  fault: null,
  judged: true,
})

const view = (changes: Partial<GeneratedRun> = {}) => new RunView(readGenerated(calmRun(changes)))
const sum = (cells: Float64Array) => cells.reduce((total, one) => total + one, 0)

describe('the seconds of a window', () => {
  it('one that two pieces touch comes once, with what they cover of it', () => {
    const seconds = secondsOf(window([10, 11.25], [11.5, 13]))
    expect(seconds.map(({ second }) => second)).toEqual([10, 11, 12])
    expect(seconds.map(({ coveredS }) => coveredS)).toEqual([1, 0.75, 1])
  })

  it('each has its calls, and one without any is there', () => {
    const calls = callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20 })
    const quiet = calls.filter(({ intendedUs }) => intendedUs < 11e6 || intendedUs >= 12e6)
    const cells = callCells(view({ calls: quiet }), window([10, 13]), serviceTimeLowMs)
    expect(cells.map(({ length }) => length)).toEqual([50, 0, 50])
    expect(new Set(cells.flatMap((cell) => [...cell]))).toEqual(new Set([20]))
  })

  it('calls a second count by when they began, within the window alone', () => {
    const { parts, wholes } = sentCells(view(), window([10, 11.5]))
    expect([[...parts], [...wholes]]).toEqual([
      [50, 25],
      [1, 0.5],
    ])
  })

  it('without a call sent in it one is told as such, and is not left out', () => {
    const calls = callsOf({ users: 5, startMs: 0, endMs: 60_000, latencyMs: () => 20 })
    const quiet = calls.filter(({ intendedUs }) => intendedUs < 11e6 || intendedUs >= 12e6)
    expect([...sentCells(view({ calls: quiet }), window([10, 13])).parts]).toEqual([5, 0, 5])
  })

  it('come in order with the one before, of a call that was under way when the fault began', () => {
    const plan = planOf({ faults: [faultOf()] })
    const run = { plan, timeline: timelineOf(plan) }
    const calls = callsOf({
      users: 1,
      startMs: 0,
      endMs: 60_000,
      latencyMs: (ms) => (ms === 18_000 ? 9_000 : ms / 1e3),
    })
    const slow = view({ ...run, calls })
    const during = slow.window('slow')
    if (during === null) throw new Error('no window')
    const cells = callCells(slow, during, serviceTimeLowMs).map((cell) => [...cell])
    expect(cells.slice(0, 3)).toEqual([[9_000], [20], [21]])
  })
})

it('connections: sample by sample, of the window alone', () => {
  const database = databaseOf((ms) => ({ connections: ms / 1_000 }))
  expect(connectionCells(view({ database }), window([10, 12], [14, 16]))).toEqual({
    parts: Float64Array.of(10, 11, 14, 15),
    wholes: Float64Array.of(1, 1, 1, 1),
  })
})

describe('waits', () => {
  const reading = (second: number, count: number, sumS: number) => ({
    tUs: second * 1e6 + 3_000,
    tookUs: 3_000,
    used: 1,
    max: 10,
    pending: 0,
    wait: [count, sumS, [0, 0, 0, 0, 0, 0]] as const,
  })
  type Readings = readonly (readonly [second: number, count: number, sumS: number])[]
  const told = (readings: Readings, ...spans: Spans) => {
    const pool = readings.map((one) => reading(...one))
    const { parts, wholes } = waitCells(view({ pool }), window(...spans))
    return [[...wholes], [...parts].map(Math.round)]
  }

  it('are what was added between readings, and nothing across a restart', () => {
    const readings: Readings = [
      [9, 100, 5],
      [10, 110, 5.2],
      [11, 120, 5.3],
      [12, 4, 0.1],
      [13, 8, 0.3],
    ]
    expect(told(readings, [10, 14])).toEqual([
      [10, 10, 0, 4],
      [200, 100, 0, 200],
    ])
  })

  it.each<readonly [string, Readings, readonly (readonly number[])[]]>([
    [
      'of no length count all the same',
      [
        [9, 1, 5],
        [10, 3, 5],
      ],
      [[2], [0]],
    ],
    [
      'that are not counted yet have taken their time',
      [
        [9, 1, 5],
        [10, 1, 6],
      ],
      [[0], [1_000]],
    ],
    [
      'whose count alone went back began anew',
      [
        [9, 9, 5],
        [10, 8, 6],
      ],
      [[0], [0]],
    ],
    [
      'whose time alone went back began anew',
      [
        [9, 9, 5],
        [10, 12, 4],
      ],
      [[0], [0]],
    ],
  ])('%s', (_why, readings, expected) => expect(told(readings, [10, 11])).toEqual(expected))

  it('in one of two pieces of a window belong to it, beside them they do not', () => {
    const readings: Readings = [9, 10, 10.6, 11].map((second, at) => [second, at, 0])
    expect(told(readings, [10, 10.5], [10.9, 12])).toEqual([
      [1, 1],
      [0, 0],
    ])
    expect(told(readings, [10.5, 11])).toEqual([[1], [0]])
  })

  it('are not told by an answer without them, nor by none', () => {
    const mute = { ...reading(9.5, 0, 0), wait: null }
    const failed = { tUs: 9_800_000, tookUs: 3_000, error: 'refused' }
    const { parts, wholes } = waitCells(
      view({ pool: [reading(9, 1, 1), mute, failed, reading(10, 3, 2)] }),
      window([10, 11]),
    )
    expect([sum(parts), sum(wholes)]).toEqual([1_000, 2])
  })
})

describe('the highest share of the pool in each second', () => {
  const peaks = (pool: GeneratedRun['pool'], ...spans: Spans) => [
    ...poolPeakCells(view(pool === undefined ? {} : { pool }), window(...spans)).parts,
  ]
  const rising = poolOf({ used: (ms) => Math.floor(ms / 250) })

  it('is that of its samples, which come four times a second', () => {
    // Sample n comes 3 ms after n quarters of a second, and tells of n in use, of 100.
    expect(peaks(rising, [10, 12])).toEqual([0.43, 0.47])
    expect(peaks(rising, [10.5, 11.25])).toEqual([0.43, 0.44])
    expect(peaks(rising, [10, 10.5], [10.75, 11])).toEqual([0.43])
    expect(peaks(rising, [10.5, 10.75], [11.5, 12])).toEqual([0.42, 0.47])
  })

  it('falls out where there is no sample', () => {
    const gap = poolOf({ used: () => 5, sample: (row) => (row.tUs > 11e6 && row.tUs < 12e6 ? null : row) })
    expect(peaks(gap, [10, 13])).toEqual([0.05, 0.05])
    expect(poolPeakCells(view({ pool: gap }), window([10, 13])).wholes).toEqual(Float64Array.of(1, 1))
  })

  it('of a pool of no size is none, of one connection it is 1', () => {
    expect(peaks(poolOf({ used: () => 1, max: 0 }), [10, 12])).toEqual([])
    expect(peaks(poolOf({ used: () => 1, sample: (row) => ({ ...row, max: null }) }), [10, 12])).toEqual([])
    expect(peaks(poolOf({ used: () => 1, max: 1 }), [10, 12])).toEqual([1, 1])
  })

  it('is the mark of the second whose middle is in the window, where there are marks', () => {
    // Second n of the process begins at n - 10 s, give or take 1.5 ms.
    const marked = poolOf({
      used: () => 1,
      sample: (row) => {
        const uptimeS = (row.tUs - 1_500) / 1e6 + 10
        const last = Math.floor(uptimeS) - 1
        return { ...row, uptimeS, usedHigh: [[last, last]] }
      },
    })
    expect(peaks(marked, [12, 14])).toEqual([0.22, 0.23])
    expect(peaks(marked, [12.4, 13.6])).toEqual([0.22, 0.23])
    expect(peaks(marked, [12.6, 13.4])).toEqual([])
    expect(peaks(marked, [12.4, 12.6], [13.4, 13.6])).toEqual([0.22, 0.23])
    // A window has the time of its start, and not that of its end; here seconds begin at 1.5 ms.
    const whole = marked.map((row) => ({ ...row, uptimeS: (row.tUs - 3_000) / 1e6 + 10 }))
    expect(peaks(whole, [12.501_5, 13.501_5])).toEqual([0.22])
    // A single mark counts, and no sample beside it.
    const once = marked.map((row, at) => ({ ...row, usedHigh: at === 60 ? (row.usedHigh ?? []) : [] }))
    expect(peaks(once, [5, 30])).toHaveLength(1)
  })

  it('of several pools is told by the others where one has no size', () => {
    const pool = [0, 10].flatMap((max) =>
      poolOf({ max, used: () => 2, sample: (row) => ({ ...row, instance: `server/${max}` }) }),
    )
    expect(
      peaks(
        pool.sort((a, b) => a.tUs - b.tUs),
        [10, 12],
      ),
    ).toEqual([0.2, 0.2])
  })
})

describe('what is compared', () => {
  it('is told run by run and second by second, with the key ones named', () => {
    expect(comparedMeasures.filter(({ isKey }) => isKey).map(({ id }) => id)).toEqual([
      'tool.latency.p95',
      'tool.error_ratio',
    ])
    const p = (id: string) => {
      const drawn = comparedMeasures.find((one) => one.id === id)?.draw(view(), window([10, 12]))
      return typeof drawn === 'object' && drawn.kind === 'values' ? drawn.p : null
    }
    expect(['p50', 'p95', 'p99'].map((name) => p(`tool.latency.${name}`))).toEqual([0.5, 0.95, 0.99])
  })

  it('counts errors of all calls, second by second', () => {
    const calls = callsOf({
      ...{ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20 },
      outcome: (ms, index) => (ms >= 10_000 && ms < 11_000 && index % 5 === 0 ? 'tool_error' : 'ok'),
    })
    const drawn = comparedMeasures.find(({ id }) => id === 'tool.error_ratio')?.draw(view({ calls }), window([10, 12]))
    expect(drawn).toEqual({ kind: 'share', cells: { parts: Float64Array.of(10, 0), wholes: Float64Array.of(50, 50) } })
  })

  it('takes one number of a run as the gate measures it, and says why there is none', () => {
    const one = comparedMeasures.find(({ id }) => id === 'database.connections.peak')
    expect(one?.draw(view(), window([10, 12]))).toEqual({ kind: 'one', value: 12, isAtLeast: false })
    const { database: _none, ...rest } = calmRun({})
    expect(one?.draw(new RunView(readGenerated(rest)), window([10, 12]))).toBe('the run folder has no database stream')
  })
})
