import { describe, expect, it } from 'vitest'
import type { Window } from '../domain/verdict.ts'
import { serviceTimeLowMs } from './call-facts.ts'
import { comparedMeasures } from './compared.ts'
import { callCells, secondsOf, sentCells, waitCells } from './compared-cells.ts'
import { poolPeakCells } from './compared-pool.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, poolOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from './testing/generated-run.ts'

const window = (...spans: readonly (readonly [number, number])[]): Window => ({
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
})

it('waits: what was added between readings, and nothing across a restart', () => {
  const reading = (second: number, count: number, sumS: number) => ({
    tUs: second * 1e6 + 3_000,
    tookUs: 3_000,
    used: 1,
    max: 10,
    pending: 0,
    wait: [count, sumS, [0, 0, 0, 0, 0, 0]] as const,
  })
  const pool = [
    reading(9, 100, 5),
    reading(10, 110, 5.2),
    reading(11, 120, 5.3),
    reading(12, 4, 0.1),
    reading(13, 8, 0.3),
  ]
  const { parts, wholes } = waitCells(view({ pool }), window([10, 14]))
  expect([...wholes]).toEqual([10, 10, 0, 4])
  expect([...parts].map(Math.round)).toEqual([200, 100, 0, 200])
  expect(sum(parts) / sum(wholes)).toBeCloseTo(500 / 24, 6)
})

describe('the highest share of the pool in each second', () => {
  const peaks = (pool: GeneratedRun['pool'], ...spans: readonly (readonly [number, number])[]) => [
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
