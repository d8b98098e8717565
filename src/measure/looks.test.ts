import { describe, expect, test } from 'vitest'
import { looksOf, openingUs } from './derived-pool.ts'
import { RunView } from './run-view.ts'
import { timelineOf } from './testing/calm-run.ts'
import { type GeneratedDatabaseRow, type GeneratedRun, readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const plan = planOf()
const atUs = 20_000_000

/** One look at 20 s, while our own exchanges on the way to the database take so long. */
function look(tripMs: number, row: Partial<GeneratedDatabaseRow>, { calls = [], tookUs = 2_000 }: Asked = {}) {
  const sessions = { connections: 9, active: 0, idleInTransaction: 0, idleMs: [] }
  const probe = { askedUs: atUs, endedUs: atUs + tripMs * 1_000, probe: 'db', connection: 'long', error: null }
  const database = [{ tUs: atUs, ...sessions, ...row }]
  const folder = readGenerated({ plan, timeline: timelineOf(plan), calls, database, probe: [probe] })
  if (folder.database === null) throw new Error('no database stream')
  const rows = folder.database.rows.map((one) => ({ ...one, tookUs }))
  const [told] = looksOf(new RunView({ ...folder, database: { ...folder.database, rows } }))
  if (told === undefined) throw new Error('no look')
  return told
}

interface Asked {
  readonly calls?: GeneratedRun['calls']
  readonly tookUs?: number
}

describe('of the sessions that are idle', () => {
  test.each<readonly [string, tripMs: number, idleMs: number, used: number]>([
    ['as long as an answer takes: it is on its way', 99, 99, 1],
    ['longer than a quick answer takes: the client may be done', 99, 99.5, 0],
    ['as long as an answer of 100 ms and the next question take', 100, 125, 1],
    ['longer than these', 100, 125.5, 0],
  ])('one is in use for sure, or not: %s', (_why, tripMs, idleMs, used) => {
    expect(look(tripMs, { idleMs: [idleMs] }).usedAtLeast).toBe(used)
  })

  test.each<readonly [string, idleMs: number, used: number]>([
    ['100 ms longer than an answer takes: it may be in use', 150, 9],
    ['longer than that: it is in the pool', 150.5, 8],
  ])('one is at rest, or not: %s', (_why, idleMs, used) => {
    expect(look(50, { idleMs: [idleMs] }).usedAtMost).toBe(used)
  })
})

test('those at work and in a transaction are in use for sure; where that is not told, nobody is', () => {
  const underway = [1, 1]
  expect(look(50, { active: 3, idleInTransaction: 2, idleMs: underway }).usedAtLeast).toBe(7)
  expect(look(50, { active: null, idleInTransaction: null, idleMs: underway }).usedAtLeast).toBe(2)
})

test('calls are counted as of the middle of a look: it was asked before, and told after', () => {
  const from = { user: 0, tool: 0, intendedUs: atUs - 60_000, readyUs: atUs - 60_000, startedUs: atUs - 60_000 }
  const calls = [{ ...from, endedUs: atUs - 40_000, outcome: 'ok', error: null }] as const
  expect(look(50, {}, { calls, tookUs: 100_000 })).toMatchObject({ inFlightAtLeast: 1, inFlightAtMost: 1 })
  expect(look(50, {}, { calls, tookUs: 20_000 })).toMatchObject({ inFlightAtLeast: 0, inFlightAtMost: 0 })
})

test('to open a connection takes six exchanges, and no longer than half a minute', () => {
  expect(openingUs(look(50, {}))).toBe(300_000)
  expect(openingUs(look(10_000, {}))).toBe(30_000_000)
})
