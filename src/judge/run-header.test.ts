import { describe, expect, it } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { timelineOf } from '../measure/testing/calm-run.ts'
import type { TimelineEntry } from '../measure/testing/generated-run.ts'
import { objectiveOf } from '../measure/testing/plan-of.ts'
import { planned, report } from './testing/judged-run.ts'

const endedAt = (plan: Plan, tUs: number, data: Record<string, unknown>): TimelineEntry[] => [
  ...timelineOf(plan).filter(([at]) => at < tUs),
  [tUs, 'end', null, data],
]

describe('the head of a report', () => {
  const plan = planned()

  it.each([
    ['as planned, its rest left out', timelineOf(plan), 60],
    ['before its time', endedAt(plan, 25_123_400, { reason: 'interrupted' }), 25.123],
    ['before its load began', endedAt(plan, -500_000, { reason: 'broken' }), 0],
  ])('says how long the load was: a run that ended %s', (_reason, timeline, durationS) => {
    expect(report({ timeline }).run.durationS).toBe(durationS)
  })

  it.each([
    [0, 50, 50],
    [80, 20, 80],
  ])('has the most users of any phase: from %d to %d', (usersFrom, usersTo, users) => {
    const { load } = plan
    const phases = load.phases.map((phase) => ({ ...phase, usersFrom, usersTo }))
    expect(report({ plan: planned({ load: { ...load, phases } }) }).run).toMatchObject({ users, paceS: 1 })
  })
})

describe('the verdict of a run', () => {
  const kept = objectiveOf('kept', 'tool.latency.p50', 'steady', { max: 100 })
  const told = objectiveOf('told', 'tool.latency.p50', 'steady', { max: 100 }, { judged: false })

  const missed = objectiveOf('missed', 'tool.latency.p50', 'steady', { max: 1 })

  it.each([
    ['one judged objective is enough', [told, kept], 'pass', 0],
    ['information alone is no permission', [told], 'unknown', 2],
    ['nor is nothing', [], 'unknown', 2],
    ['a miss is no pass, whatever was kept', [kept, missed], 'fail', 1],
  ] as const)('%s', (_reason, objectives, verdict, exitCode) => {
    const judged = report({ plan: planned({ objectives }) })
    expect(judged).toMatchObject({ schemaVersion: 1, verdict, exitCode })
    if (verdict === 'unknown') expect(judged.summary).toMatch(/no objective of the plan could be assessed/)
  })

  it.each([
    ['broken', 3],
    ['interrupted', 130],
  ])('is no pass of a run that was %s', (reason, exitCode) => {
    const plan = planned({ objectives: [kept], faults: [], observe: { ...planned().observe, pool: null } })
    const timeline = endedAt(plan, 66_000_000, { reason })
    const judged = report({ plan, timeline })
    expect(judged).toMatchObject({ verdict: 'unknown', exitCode, run: { ended: reason } })
    expect(judged.summary).toContain(`did not end as planned (${reason})`)
  })

  it('says why a run was broken', () => {
    const plan = planned()
    const timeline = endedAt(plan, 66_000_000, { reason: 'broken', text: 'k6 ended' })
    expect(report({ timeline }).run.ended).toBe('broken: k6 ended')
  })
})
