import { describe, expect, test } from 'vitest'
import type { RunFolder } from '../record/reader.ts'
import { gate, type Need, stretchOf } from './gates.ts'
import { RunView } from './run-view.ts'
import { callsOf, calmRun, databaseOf, poolOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { faultOf, planOf } from './testing/plan-of.ts'

const plan = planOf({ faults: [faultOf()] })

/** One call a second; the fault from 20 s to 30.2 s. */
function folderOf(changes: Partial<GeneratedRun> = {}): RunFolder {
  const calls = callsOf({ users: 1, startMs: 0, endMs: 60_000, latencyMs: () => 200 })
  return readGenerated(calmRun({ plan, calls, ...changes }))
}

function gateIn(folder: RunFolder, windowId: string, ...needs: readonly Need[]) {
  const view = new RunView(folder)
  const window = view.window(windowId)
  if (window === null) throw new Error(windowId)
  return gate(view, stretchOf(view, window), needs)
}

const reason = (folder: RunFolder, windowId: string, ...needs: readonly Need[]) =>
  gateIn(folder, windowId, ...needs)?.reason ?? null

describe('the load was not offered', () => {
  const late = (count: number) => {
    const calls = callsOf({
      ...{ users: 1, startMs: 0, endMs: 60_000, latencyMs: () => 200 },
      lateMs: (_ms, index) => (index >= 10 && index < 10 + count ? 51 : 0),
    })
    return folderOf({ calls })
  }

  test.each([
    [0, null],
    [1, null],
    [2, 'load_not_delivered'],
  ])('where %d of 55 calls were late', (count, expected) => {
    expect(reason(late(count), 'steady', 'delivery')).toBe(expected)
  })

  test.each([
    [59_000_000, null],
    [58_999_999, 'load_not_delivered'],
  ])('where it ended at %d µs, of 60 s', (tUs, expected) => {
    const timeline = timelineOf(plan).map((row) =>
      row[1] === 'load' ? ([tUs, 'load', 'k6-1', { edge: 'end' }] as const) : row,
    )
    expect(reason(folderOf({ timeline }), 'steady', 'delivery')).toBe(expected)
  })
})

test.each([
  [60_000_000, null],
  [59_999_999, 'window_missing'],
])('a window is over when the run is: at %d µs', (tUs, expected) => {
  const before = timelineOf(plan).filter(([at]) => at < tUs)
  const timeline = [...before, [tUs, 'end', null, { reason: 'planned' }] as const]
  expect(reason(folderOf({ timeline }), 'steady')).toBe(expected)
})

test('a connection of the system’s at the very begin shows that it uses the link', () => {
  const at = (tUs: number) => {
    const rows = databaseOf((ms) => (ms === 0 ? { tUs, connections: 1 } : { connections: 0 }))
    return reason(folderOf({ database: rows }), 'slow')
  }
  expect([at(0), at(-1)]).toEqual([null, 'fault_not_observed'])
})

test.each<readonly [string, wholeUntilUs: number, reason: string | null]>([
  ['to its end', 30_200_000, null],
  ['and no further than a moment before it', 30_199_999, 'stream_cut'],
])('our own connections are told of %s', (_why, wholeUntilUs, expected) => {
  const folder = folderOf({ probe: [] })
  if (folder.probe === null) throw new Error('no stream')
  const state = { ...folder.probe.state, cut: 'it was cut', wholeUntilUs }
  expect(reason({ ...folder, probe: { ...folder.probe, state } }, 'slow', 'probe')).toBe(expected)
})

test.each<readonly [string, Need, wholeUntilUs: number, reason: string | null]>([
  ['calls to the end', 'calls', 30_200_000, null],
  ['calls to a moment before it', 'calls', 30_199_999, 'stream_cut'],
  ['samples that come up to 3 s later', 'pool', 33_200_000, null],
  ['samples a moment less', 'pool', 33_199_999, 'stream_cut'],
])('of a window are whole: %s', (_why, need, wholeUntilUs, expected) => {
  const folder = folderOf()
  const { calls, pool } = folder
  if (calls === null || pool === null) throw new Error('no stream')
  const cut = { cut: 'it was cut', wholeUntilUs }
  const short =
    need === 'calls'
      ? { ...folder, calls: { ...calls, states: calls.states.map((state) => ({ ...state, ...cut })) } }
      : { ...folder, pool: { ...pool, state: { ...pool.state, ...cut } } }
  expect(reason(short, 'slow', need)).toBe(expected)
})

test('without a stream of them there is no evidence', () => {
  const { calls: _, ...mute } = folderOf()
  expect(reason({ ...mute, calls: null }, 'slow', 'calls')).toBe('no_samples')
  expect(reason({ ...mute, calls: null }, 'slow', 'delivery')).toBe('no_samples')
  expect(reason(folderOf(), 'slow', 'probe')).toBe('sampler_silent')
  expect(reason(folderOf(), 'slow', 'ledger')).toBe('no_samples')
  expect(reason(folderOf({ ledger: [] }), 'slow', 'ledger')).toBeNull()
})

describe('what a bridge tells', () => {
  /** Its counters at some times. */
  const bridge = (...timesUs: readonly number[]) => timesUs.map((tUs) => [tUs, 1_000, null, null, null, 0, 1, 0])

  test.each<readonly [string, readonly number[], string | null]>([
    ['by 2 s after the start, and from 2 s before the end on', [22_000_000, 28_200_000], null],
    ['before and after it', [1, 66_000_000], null],
    ['a moment later than that', [22_000_001, 28_200_000], 'no answer by 20.0 s'],
    ['until a moment before', [22_000_000, 28_199_999], 'no answer from 30.2 s on'],
  ])('is told %s', (_why, timesUs, expected) => {
    const found = gateIn(folderOf({ bridge: bridge(...timesUs) }), 'slow', 'bridge')
    expect(found?.why.replace('the bridge sampler had ', '') ?? null).toBe(expected)
  })
})

test.each([
  [20_000_000, '(HTTP 503)'],
  [19_999_999, null],
  [30_199_999, '(HTTP 503)'],
  [30_200_000, null],
])('an error that the sampler was told at %d µs is of the window, or not', (tUs, expected) => {
  const pool = poolOf({ used: () => 1, sample: (row) => (row.tUs > 19e6 && row.tUs < 31e6 ? null : row) })
  const failed = { tUs, tookUs: 1_000, error: 'HTTP 503' }
  const rows = [...pool, failed].sort((a, b) => a.tUs - b.tUs)
  const found = gateIn(folderOf({ pool: rows }), 'slow', 'pool')
  expect(found?.reason).toBe('sampler_silent')
  expect(found?.why.match(/\(.*\)$/)?.[0] ?? null).toBe(expected)
})
