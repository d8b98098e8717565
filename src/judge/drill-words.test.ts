import { describe, expect, it } from 'vitest'
import type { DrillPlan, Plan } from '../domain/plan.ts'
import type { Finding, Measured, MeasurementRow } from '../domain/verdict.ts'
import { exactly, none } from '../measure/measured.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, objectiveOf, planOf } from '../measure/testing/plan-of.ts'
import { drillReportOf } from './drill-report.ts'
import { drillOpening, drillPassed } from './drill-summary.ts'

const drill: DrillPlan = { name: 'failover', mode: 'automatic', horizonMs: 30_000, every: null }

function viewOf(changes: Partial<Plan> = {}): RunView {
  const faults = [faultOf({ id: 'first', forMs: 1_000 }), faultOf({ id: 'second', startMs: 40_000, forMs: 1_000 })]
  const plan = planOf({ faults, drill, ...changes })
  return new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), calls: [], pool: [], database: [] })))
}

const row = (id: string, window: string, kind: MeasurementRow['kind'] = 'value'): MeasurementRow => ({
  id,
  window,
  kind,
  value: kind === 'none' ? null : 5,
  unit: 'ms',
  sampleCount: 1,
  method: 'told',
  interval: null,
})

describe('what a drill tells beside its findings', () => {
  const rows = [
    ...['first', 'second'].flatMap((window) => [
      row('recovery.sustain', window),
      row('recovery.decide', window),
      row('recovery.detect', window),
      row('recovery.promote', window, 'none'),
      row('recovery.rto_sustained', window),
      row('recovery.rto_first', window, 'none'),
      row('recovery.after_heal', window),
    ]),
    ...['run', 'steady'].flatMap((window) => [row('data.rpo', window), row('tool.error_ratio', window)]),
    row('restore.duration', 'steady'),
  ]
  const told = (changes: Partial<Plan>) => drillReportOf(viewOf(changes), rows).drill
  const rto = objectiveOf('rto', 'recovery.rto_sustained', 'second', { max: 3_000 })
  const other = objectiveOf('other', 'tool.error_ratio', 'steady', { max: 1 })

  it('segments of the window that its plan bounds, in the order of time, as far as they were measured', () => {
    const segments = told({ objectives: [other, rto] })?.segments
    expect(segments?.map(({ id, window, synthetic }) => [id, window, synthetic])).toEqual([
      ['recovery.detect', 'second', true],
      ['recovery.decide', 'second', true],
      ['recovery.sustain', 'second', false],
    ])
  })

  it('else of the first fault; in manual mode a person decides', () => {
    const segments = told({ objectives: [other], drill: { ...drill, mode: 'manual' } })?.segments
    expect(segments?.map(({ id, window, synthetic }) => [id, window, synthetic])).toEqual([
      ['recovery.detect', 'first', true],
      ['recovery.decide', 'first', false],
      ['recovery.sustain', 'first', false],
    ])
  })

  it('what was measured of recovery there, of the data in all of the run, and of what was restored', () => {
    expect(told({ objectives: [rto] })?.results.map(({ id, window }) => [id, window])).toEqual([
      ['recovery.rto_sustained', 'second'],
      ['data.rpo', 'run'],
      ['restore.duration', 'steady'],
    ])
  })

  it('no segment where the plan has no fault', () => {
    expect(told({ faults: [] })).toMatchObject({ segments: [], horizonS: 30, title: 'failover', hypothesis: '' })
  })

  it('nothing of a run that is none', () => {
    expect(drillReportOf(viewOf({ drill: null }), rows)).toEqual({})
  })
})

describe('a drill that holds', () => {
  const finding = (measure: string, measured: Measured, judged = true): Finding => ({
    id: measure,
    measure,
    window: 'run',
    verdict: 'pass',
    reason: 'within_bound',
    measured,
    bound: { max: 1, unit: 'count' },
    why: '',
    judged,
    where: null,
    evidence: [],
  })
  const lost = exactly(0, 'count', 9, 'count')
  const restored = exactly(2_000, 'ms', 1, 'clock')

  it.each<[reason: string, findings: Finding[], words: string]>([
    ['nothing that has a number', [finding('data.integrity', lost)], 'all that it bounds is kept'],
    ['one number', [finding('data.lost_writes', lost)], 'acknowledged writes lost: 0 (at most 1 is wanted)'],
    [
      'several, of which one is told and not wanted',
      [finding('data.lost_writes', lost), finding('restore.duration', restored, false)],
      'restored after 2 s; acknowledged writes lost: 0 (at most 1 is wanted)',
    ],
    [
      'the one that was measured, of two of a kind',
      [
        finding('data.lost_writes', none('no_samples', 'no ledger', 'count', 0, 'count')),
        finding('data.lost_writes', lost),
      ],
      'acknowledged writes lost: 0 (at most 1 is wanted)',
    ],
  ])('%s', (_reason, findings, words) => {
    expect(drillPassed(viewOf(), findings)).toBe(`The drill failover holds: ${words}.`)
  })

  it('is told apart from one that fails, and one that proves nothing', () => {
    expect(drillOpening(viewOf(), 'fail')).toBe('The drill failover fails')
    expect(drillOpening(viewOf(), 'unknown')).toBe('The drill failover is inconclusive, and proves nothing')
  })
})
