import { describe, expect, it } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import type { Plan } from '../domain/plan.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, databaseOf, poolOf, timelineOf } from '../measure/testing/calm-run.ts'
import {
  type GeneratedCall,
  type GeneratedPoolRow,
  type GeneratedRun,
  readGenerated,
} from '../measure/testing/generated-run.ts'
import { objectiveOf } from '../measure/testing/plan-of.ts'
import { connectionsNeeded } from './hints.ts'
import { calls, findingOf, objectives, planned, report } from './testing/judged-run.ts'

const isHarmed = (ms: number) => ms >= 20_000 && ms < 30_000

/** 50 acquires a second before and after the fault; 20 while it is on. */
const counting = (row: GeneratedPoolRow): GeneratedPoolRow => {
  const s = Math.max(0, row.tUs / 1e6)
  const during = Math.min(10, Math.max(0, s - 20))
  const count = Math.round(Math.min(s, 20) * 50 + during * 20 + Math.max(0, s - 30) * 50)
  return { ...row, wait: [count, s, [count, count, count, count, count, count]] }
}
const fullPool = (sample: (row: GeneratedPoolRow) => GeneratedPoolRow | null) =>
  poolOf({
    max: 30,
    used: (ms) => (isHarmed(ms) ? 30 : ms >= 0 && ms < 60_000 ? 5 : 0),
    pending: (ms) => (isHarmed(ms) ? 200 : 0),
    sample,
  })

const slowCalls = calls({ latencyMs: (ms) => (isHarmed(ms) ? 9_000 : 20) })

function needOf(changes: Partial<GeneratedRun> = {}, id = 'slow') {
  const plan = planned()
  const view = new RunView(
    readGenerated(calmRun({ plan, timeline: timelineOf(plan), pool: fullPool(counting), ...changes })),
  )
  const window = view.window(id)
  if (window === null) throw new Error(id)
  return connectionsNeeded(view, window)
}

describe('connections that a load needs', () => {
  it('are calls a second times how long each holds one, by Little’s law', () => {
    // 30 in use, 20 acquires a second: each holds one for 1.5 s; one acquire a call, 50 calls a second.
    const need = needOf()
    expect(need?.callsPerS).toBeCloseTo(50, 0)
    expect((need?.holdMs ?? 0) / 1_500).toBeCloseTo(1, 1)
    expect(need?.connections).toBe(Math.ceil(((need?.callsPerS ?? 0) * (need?.holdMs ?? 0)) / 1_000))
  })

  it('are twice as many where each call acquires twice', () => {
    const twice = (row: GeneratedPoolRow): GeneratedPoolRow => {
      const [count = 0, s = 0] = counting(row).wait ?? []
      const more = 2 * count
      return { ...row, wait: [more, s, [more, more, more, more, more, more]] }
    }
    // Twice the acquires, each for half as long: a call holds as long as before.
    expect((needOf({ pool: fullPool(twice) })?.holdMs ?? 0) / 1_500).toBeCloseTo(1, 1)
  })

  it('are for all that was intended, sent or not', () => {
    const unsent = calls({ outcome: (ms, index) => (isHarmed(ms) && index % 2 === 1 ? 'unsent' : 'ok') })
    expect(needOf({ calls: unsent })?.callsPerS).toBeCloseTo(50, 0)
  })

  it.each<[reason: string, changes: Partial<GeneratedRun>]>([
    ['nobody tells how many acquires there were', { pool: fullPool((row) => row) }],
    ['nothing was acquired meanwhile', { pool: fullPool((row) => ({ ...row, wait: [0, 1, [0, 0, 0, 0, 0, 0]] })) }],
    ['nobody called before or after', { calls: calls({ outcome: (ms) => (isHarmed(ms) ? 'ok' : 'unsent') }) }],
    ['the pool never told its use', { pool: fullPool((row) => ({ ...counting(row), used: null })) }],
  ])('cannot be told: %s', (_reason, changes) => {
    expect(needOf(changes)).toBeNull()
  })
})

describe('what a pool that was used up is told to need', () => {
  const hint = (changes: Partial<GeneratedRun>, id = 'slow-p95') => findingOf(report(changes), id).hint ?? null

  it('for how long, and how many the load would have needed', () => {
    const told =
      /^Points at the pool: its 30 connections were used up for 9\.75 s on end while callers waited; 50 calls\/s/
    expect(hint({ calls: slowCalls, pool: fullPool(counting) })).toMatch(told)
    expect(hint({ pool: fullPool(counting) }, 'slow-pool')).toMatch(told)
  })

  it('without a count of acquires it says no more than that', () => {
    expect(hint({ calls: slowCalls, pool: fullPool((row) => row) })).toBe(
      'Points at the pool: its 30 connections were used up for 9.75 s on end while callers waited.',
    )
  })

  it('without a pool that was used up it is something else that made them slow', () => {
    expect(hint({ calls: slowCalls })).toBeNull()
    const failing = calls({
      latencyMs: (ms) => (isHarmed(ms) ? 9_000 : 20),
      outcome: (ms, index) => (isHarmed(ms) && index % 3 === 0 ? 'tool_error' : 'ok'),
    })
    expect(hint({ calls: failing })).toMatch(
      /^Most failures \(\d+ of \d+\) ended as tool_error, most often: no database/,
    )
    // Where both are so, it is the pool.
    expect(hint({ calls: failing, pool: fullPool(counting) })).toMatch(/^Points at the pool/)
  })

  it('a recovery that was not over points at the pool, or at what failed', () => {
    const late = calls({ outcome: (ms) => (ms >= 20_000 ? 'tool_error' : 'ok') })
    expect(hint({ calls: late }, 'back')).toMatch(/^Most failures/)
  })

  it('connections that leak are looked for where they are not given back', () => {
    expect(hint({ pool: poolOf({ used: (ms) => (ms < 60_000 ? 12 : 1) }) }, 'leaked')).toMatch(/without a release/)
  })

  it('errors point at the errors first, and at the pool where no call failed', () => {
    const asked = planned({
      objectives: [...objectives, objectiveOf('many', 'tool.error_ratio', 'slow', { max: 0 }, { judged: false })],
    })
    const failing = calls({ outcome: (ms, index) => (isHarmed(ms) && index % 3 === 0 ? 'tool_error' : 'ok') })
    expect(hint({ plan: asked, calls: failing, pool: fullPool(counting) }, 'many')).toMatch(/^Most failures/)
  })
})

describe('what a miss of errors points at', () => {
  const plan: Plan = planned({
    objectives: [objectiveOf('errors', 'tool.error_ratio', 'steady', { max: 0.01 })],
  })
  /** Each tenth call of the minute ends as told. */
  const hintOf = (end: (turn: number) => readonly [Outcome, string | null]) => {
    const rows = calls({}).map((call, index): GeneratedCall => {
      if (index < 250 || index % 10 !== 0) return call
      const [outcome, error] = end((index - 250) / 10)
      return { ...call, outcome, error }
    })
    return findingOf(report({ plan, calls: rows }), 'errors').hint
  }

  it.each<[reason: string, end: (turn: number) => readonly [Outcome, string | null], hint: string]>([
    ['one kind', () => ['timeout', null], 'Most failures (275 of 275) ended as timeout.'],
    [
      'the most of several, and its own commonest text',
      (turn) => (turn < 100 ? ['rate_limited', 'slow down'] : ['tool_error', turn < 150 ? 'b' : 'a']),
      'Most failures (175 of 275) ended as tool_error, most often: a.',
    ],
    [
      'of texts that are as common the first that came',
      (turn) => ['tool_error', turn % 11 < 5 ? 'x' : turn % 11 < 10 ? 'a' : 'z'],
      'Most failures (275 of 275) ended as tool_error, most often: x.',
    ],
    [
      'a text as long as may be',
      () => ['tool_error', 'e'.repeat(160)],
      `Most failures (275 of 275) ended as tool_error, most often: ${'e'.repeat(160)}.`,
    ],
    [
      'a longer one is cut',
      () => ['tool_error', 'e'.repeat(161)],
      `Most failures (275 of 275) ended as tool_error, most often: ${'e'.repeat(160)}….`,
    ],
  ])('%s', (_reason, end, hint) => {
    expect(hintOf(end)).toBe(hint)
  })
})

describe('connections at the database', () => {
  const plan = planned({
    objectives: [objectiveOf('peak', 'database.connections.peak', 'steady', { max: 5 })],
  })

  it('as many as the pool may open, and the database allows', () => {
    expect(findingOf(report({ plan, database: databaseOf(() => ({})) }), 'peak').hint).toBe(
      'The pool may open 100 connections; the database allows 100, a few of them reserved.',
    )
  })

  it('nothing where nobody tells of the pool', () => {
    const silent = { ...plan, observe: { ...plan.observe, pool: null } }
    const { pool: _, ...rest } = calmRun({ plan: silent, timeline: timelineOf(silent) })
    expect(findingOf(report({ ...rest, plan: silent, pool: [] }), 'peak').hint).toBeUndefined()
  })
})
