import { describe, expect, it } from 'vitest'
import type { DrillPlan } from '../domain/plan.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Outcome } from '../record/past-runs.ts'
import { dueDrills, historyOf, type Past } from './history.ts'

const failover: DrillPlan = { name: 'failover', mode: 'automatic', horizonMs: 60_000, every: 'month' }

type Row = Outcome['measurements'][number]

const rto = (value: number, spread: number): Row => {
  const interval = { low: value - spread, high: value + spread }
  return { id: 'recovery.rto_sustained', kind: 'value', value, unit: 's', interval }
}
const notOver = (value: number): Row => ({ ...rto(value, 0), kind: 'atLeast', interval: null })
const none: Row = { ...rto(0, 0), kind: 'none', value: null, interval: null }

function past(month: number, verdict: Verdict | null, changes: Partial<Past> = {}, rows: readonly Row[] = []): Past {
  const outcome: Outcome | string =
    verdict === null ? 'not judged' : { schemaVersion: 1, verdict, measurements: [...rows] }
  const startedAt = new Date(Date.UTC(2026, month - 1, 15)).toISOString()
  const id = `run-${month}`
  return { id, folder: id, startedAt, plan: 'fail-over', quick: false, drill: null, outcome, ...changes }
}

describe('the trend of a run against the judged run before of the same plan', () => {
  it.each<[reason: string, now: Past, before: Past, trend: object]>([
    ['a pass after a fail', past(2, 'pass'), past(1, 'fail'), { verdict: 'better', rto: null }],
    ['an unknown after a pass', past(2, 'unknown'), past(1, 'pass'), { verdict: 'worse', rto: null }],
    ['a pass after an unknown', past(2, 'pass'), past(1, 'unknown'), { verdict: 'better', rto: null }],
    ['the same twice', past(2, 'fail'), past(1, 'fail'), { verdict: 'same', rto: null }],
    [
      'faster',
      past(2, 'pass', {}, [rto(8, 0.5)]),
      past(1, 'pass', {}, [rto(12, 0.5)]),
      { verdict: 'same', rto: 'better' },
    ],
    [
      'slower',
      past(2, 'pass', {}, [rto(12, 0.5)]),
      past(1, 'pass', {}, [rto(8, 0.5)]),
      { verdict: 'same', rto: 'worse' },
    ],
    [
      'intervals that touch',
      past(2, 'pass', {}, [rto(8, 2)]),
      past(1, 'pass', {}, [rto(12, 2)]),
      { verdict: 'same', rto: 'same' },
    ],
    [
      'intervals that touch the other way round',
      past(2, 'pass', {}, [rto(12, 2)]),
      past(1, 'pass', {}, [rto(8, 2)]),
      { verdict: 'same', rto: 'same' },
    ],
    [
      'one of several that was not over, which is worse than any number',
      past(2, 'pass', {}, [notOver(10), rto(40, 1)]),
      past(1, 'pass', {}, [rto(30, 1)]),
      { verdict: 'same', rto: 'same' },
    ],
    [
      'one that was not over is the worst wherever it stands',
      past(2, 'pass', {}, [rto(40, 1), notOver(10)]),
      past(1, 'pass', {}, [rto(20, 1)]),
      { verdict: 'same', rto: 'same' },
    ],
    [
      'of two that were not over the longer',
      past(2, 'pass', {}, [notOver(10), notOver(30)]),
      past(1, 'pass', {}, [rto(20, 1)]),
      { verdict: 'same', rto: 'worse' },
    ],
    [
      'a recovery that was not over',
      past(2, 'fail', {}, [notOver(30)]),
      past(1, 'pass', {}, [rto(8, 1)]),
      { verdict: 'worse', rto: 'worse' },
    ],
    [
      'the worst window of several',
      past(2, 'pass', {}, [rto(3, 0), rto(20, 0)]),
      past(1, 'pass', {}, [rto(8, 1)]),
      { verdict: 'same', rto: 'worse' },
    ],
    [
      'no number is not 0',
      past(2, 'pass', {}, [none]),
      past(1, 'pass', {}, [rto(8, 1)]),
      { verdict: 'same', rto: null },
    ],
    ['not judged now', past(2, null), past(1, 'pass'), { verdict: null, rto: null }],
    ['another plan before', past(2, 'pass'), past(1, 'fail', { plan: 'other' }), { verdict: null, rto: null }],
    ['a quick run before', past(2, 'pass'), past(1, 'fail', { quick: true }), { verdict: null, rto: null }],
  ])('%s', (_reason, now, before, trend) => {
    expect(historyOf([now, before])[0]?.trend).toEqual(trend)
  })

  it('passes over a run between that was not judged', () => {
    const rows = historyOf([past(3, 'pass'), past(2, null), past(1, 'fail')])
    expect(rows.map(({ trend }) => trend.verdict)).toEqual(['better', null, null])
  })
})

describe('what is due', () => {
  const nowMs = Date.UTC(2026, 10, 22)
  const drill = (month: number, verdict: Verdict | null, every = failover.every) =>
    past(month, verdict, { drill: { ...failover, every } })

  it.each<[reason: string, runs: readonly Past[], due: object]>([
    ['done a week ago, every month', [drill(11, 'pass')], { state: 'due later', dueAt: '2026-12-15T00:00:00.000Z' }],
    ['done five weeks ago, every month', [drill(10, 'pass')], { state: 'overdue', dueAt: '2026-11-15T00:00:00.000Z' }],
    [
      'due at this very moment',
      [past(10, 'pass', { drill: failover, startedAt: '2026-10-22T00:00:00.000Z' })],
      { state: 'due later' },
    ],
    ['failed, and so done', [drill(11, 'fail')], { state: 'due later' }],
    ['inconclusive, and so not done', [drill(11, 'unknown'), drill(10, 'pass')], { state: 'overdue' }],
    ['not judged, and so not done', [drill(11, null), drill(10, 'pass')], { state: 'overdue' }],
    ['never done with a verdict', [drill(11, 'unknown')], { state: 'never run', lastAt: null, every: 'month' }],
    ['no schedule', [drill(1, 'pass', null)], { state: 'no schedule', dueAt: null }],
    [
      'the schedule of the newest run',
      [drill(10, 'pass', 'year'), drill(9, 'pass')],
      { state: 'due later', every: 'year' },
    ],
  ])('%s', (_reason, runs, due) => {
    expect(dueDrills(runs, [], nowMs)).toEqual([expect.objectContaining({ drill: 'failover', ...due })])
  })

  it('names drills that there are and nobody ever ran, and no plan that is no drill', () => {
    const due = dueDrills([drill(11, 'pass'), past(10, 'pass')], ['host-lost', 'failover'], nowMs)
    expect(due.map(({ drill: name, state }) => [name, state])).toEqual([
      ['failover', 'due later'],
      ['host-lost', 'never run'],
    ])
  })
})
