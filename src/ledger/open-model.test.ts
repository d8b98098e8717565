import { expect, test } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type WriteLane, writeOpenly } from './open-model.ts'
import { LedgerRecord, type WriteEnd } from './record.ts'

type Row = readonly [tUs: number, edge: string, via: string, op: string, data: { intended?: number }]

/** 100 writes a second for `ms`, on 8 lanes with 400 ms of patience. */
async function written(
  ms: number,
  takesMs: (nowMs: number) => number,
  onError = (error: unknown): void => {
    throw error
  },
  atOnce = 1,
) {
  const clock = new SimulatedClock(0)
  const rows: Row[] = []
  const writer: StreamWriter = {
    row: (cells) => {
      if (rows.length === 10_000) throw new Error('the disk is full')
      rows.push(cells as unknown as Row)
    },
    beat: () => undefined,
    end: () => undefined,
  }
  let closed = 0
  const lane = (): WriteLane => ({
    async write(): Promise<WriteEnd> {
      await clock.sleep(takesMs(clock.monotonicUs() / 1_000))
      return { outcome: 'ok', why: null }
    },
    close: () => {
      closed += 1
    },
  })
  const lanes = Array.from({ length: 8 }, lane)
  const record = new LedgerRecord(writer, 0)
  const writers = writeOpenly({
    clock,
    t0Us: 0,
    via: 'sql',
    ratePerS: 100,
    atOnce,
    lanes,
    patienceMs: 400,
    record,
    onError,
  })
  await clock.runUntil(clock.sleep(ms))
  await clock.runUntil(writers.stop())
  return { rows, closed: () => closed }
}

const edges = (rows: readonly Row[], edge: string) => rows.filter((row) => row[1] === edge)

test('writes go out at the rate, whatever becomes of the ones before, each recorded before it is sent', async () => {
  const { rows, closed } = await written(1_000, () => 25)
  const sent = edges(rows, 'invoke')
  expect(sent).toHaveLength(100)
  expect(sent.slice(0, 3).map(([tUs, , , op, { intended }]) => [tUs, op, intended])).toEqual([
    [0, 's0', 0],
    [10_000, 's1', 10_000],
    [20_000, 's2', 20_000],
  ])
  // What was under way at the end is waited for.
  expect(edges(rows, 'complete')).toHaveLength(100)
  expect(closed()).toBe(8)
})

test('several that are due at once go out at once', async () => {
  const { rows } = await written(1_000, () => 25, undefined, 2)
  const sent = edges(rows, 'invoke')
  expect(sent).toHaveLength(100)
  expect(sent.slice(0, 4).map(([tUs, , , op]) => [tUs, op])).toEqual([
    [0, 's0'],
    [0, 's1'],
    [20_000, 's2'],
    [20_000, 's3'],
  ])
})

test('in a silence half of the lanes wait, and one of the others is taken each 100 ms', async () => {
  const { rows } = await written(2_000, (nowMs) => (nowMs >= 500 && nowMs < 1_500 ? 400 : 1))
  const silent = edges(rows, 'invoke').filter(([tUs]) => tUs >= 500_000 && tUs < 1_500_000)
  const gaps = silent.slice(1).map(([tUs], at) => tUs - (silent[at]?.[0] ?? 0))
  expect(Math.max(...gaps)).toBeLessThanOrEqual(100_000)
  const unsent = edges(rows, 'unsent').length
  expect(unsent).toBeGreaterThan(50)
  // Every slot is one or the other.
  expect(edges(rows, 'invoke').length + unsent).toBe(200)
})

test('what the run folder refuses is told once, and ends the writers', async () => {
  const told: unknown[] = []
  await written(
    60_000,
    () => 1,
    (error) => told.push(error),
  )
  expect(told).toEqual([new Error('the disk is full')])
})
