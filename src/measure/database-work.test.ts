import { describe, expect, it } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { databaseWork } from './database-work.ts'
import { tellsLateUs } from './rests-on.ts'
import { RunView } from './run-view.ts'
import { callsOf, timelineOf } from './testing/calm-run.ts'
import { type GeneratedCall, type GeneratedDatabaseRow, readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

const usual = planOf()

function work(rows: readonly GeneratedDatabaseRow[], of: Plan = usual, calls: readonly GeneratedCall[] = []) {
  const view = new RunView(readGenerated({ plan: of, timeline: timelineOf(of), calls, database: rows }))
  const run = view.window('run')
  const found = run === null ? null : databaseWork(view, run)
  if (found === null) throw new Error('no work was recorded')
  return found
}

/** Nobody did anything for a minute before the load. */
const quiet = (tUs: number, changes: Partial<GeneratedDatabaseRow> = {}): GeneratedDatabaseRow => {
  return { tUs, connections: 3, quietMs: tUs / 1_000 + 60_000, sessions: 7, commits: 0, hidden: 0, ...changes }
}

describe('the looks that count', () => {
  it('begin with the load, and end when what it caused has been told', () => {
    const endUs = 60_000_000 + tellsLateUs
    expect(work([quiet(-1), quiet(0), quiet(1), quiet(endUs - 1), quiet(endUs)]).looks).toBe(3)
    const failed = quiet(5, { error: 'refused' })
    expect(work([quiet(1), failed]).looks).toBe(1)
  })

  it('are few where nothing of the run is judged', () => {
    const plan = planOf({ load: { ...usual.load, phases: usual.load.phases.slice(0, 1) } })
    expect(work([quiet(0), quiet(tellsLateUs - 1), quiet(tellsLateUs)], plan).looks).toBe(2)
  })
})

describe('a sign of work', () => {
  it('is a session that was last at work at the very begin of the load', () => {
    const seen = (quietMs: number) => work([quiet(40_000_000, { quietMs })]).sign
    expect([seen(40_000), seen(40_000.001)]).toEqual(['a session of the system was at work in it', null])
  })

  /** Every 256 ms our sampler asks twice; 512 ms after one another go three asks to each of two nodes and a link. */
  const paced = (ledger: Plan['observe']['ledger'] = null): Plan =>
    planOf({ observe: { ...usual.observe, databaseEveryMs: 256, probeEveryMs: 512, ledger } })
  const untilMs = 60_000 + tellsLateUs / 1_000
  const own = untilMs * (2 / 256 + 9 / 512)
  const good = callsOf({ users: 20, startMs: 10_000, endMs: 11_000, latencyMs: () => 1 })

  it.each<readonly [string, Plan, readonly GeneratedCall[], number]>([
    ['that our sampler and our connections make', paced(), [], own],
    ['of which a tenth of the good calls would make one each', paced(), good, own + 2],
    [
      'three of which each write of the ledger makes, on each way',
      paced({ via: ['sql', 'tool'], ratePerS: 125 }),
      [],
      own + untilMs * 0.75,
    ],
  ])('is as many transactions as those %s, or more', (_why, plan, calls, most) => {
    const signOf = (commits: number) => work([quiet(0), quiet(1_000, { commits })], plan, calls).sign
    expect([signOf(most), signOf(most - 0.001)]).toEqual([
      'more transactions were committed in it than Squall has made',
      null,
    ])
  })
})

describe('sessions that were opened', () => {
  const at = (tUs: number, sessions: number) => quiet(tUs, { sessions, connections: 1 })
  const lateUs = 11_000_000

  it.each<readonly [string, readonly GeneratedDatabaseRow[], boolean]>([
    ['one, later than a session that was there tells of itself', [at(0, 7), at(lateUs, 7), at(lateUs + 1, 8)], true],
    ['two that were there, and told of themselves later', [at(0, 7), at(lateUs, 9)], false],
    ['more than were there', [at(0, 7), at(lateUs, 10)], true],
    ['one beside two that were there', [at(0, 7), at(lateUs, 9), at(lateUs + 1, 10)], true],
    ['none', [at(0, 7), at(lateUs, 7)], false],
  ])('%s', (_why, rows, isSign) => {
    expect(work(rows).sign).toBe(isSign ? 'sessions were opened in it' : null)
  })

  it('where nobody tells how many were there: our own', () => {
    const untold = (sessions: number) => quiet(1, { sessions, connections: null })
    const signOf = (sessions: number) => work([quiet(0, { sessions: 7, connections: null }), untold(sessions)]).sign
    expect([signOf(8), signOf(9)]).toEqual([null, 'sessions were opened in it'])
  })
})

describe('sessions', () => {
  it.each<readonly [string, Partial<GeneratedDatabaseRow>, boolean]>([
    ['one once', { connections: 1 }, true],
    ['none', {}, false],
    ['nobody says', { connections: null }, false],
  ])('the system has, or has not: %s', (_why, once, isConnected) => {
    const none = { connections: 0 }
    expect(work([quiet(0, none), quiet(1_000, { ...none, ...once }), quiet(2_000, none)])).toMatchObject({
      isConnected,
    })
  })

  it.each<readonly [string, Partial<GeneratedDatabaseRow>, boolean, boolean]>([
    ['all told', {}, false, false],
    ['not counted once', { sessions: null }, true, false],
    ['hidden once', { hidden: 1 }, false, true],
    ['of which nobody says whether they are hidden', { hidden: null }, false, false],
  ])('%s', (_why, once, isUncounted, isHidden) => {
    expect(work([quiet(0), quiet(1_000, once)])).toMatchObject({ isUncounted, isHidden })
  })
})
