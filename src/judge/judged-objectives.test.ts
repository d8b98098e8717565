import { describe, expect, it } from 'vitest'
import type { Objective, Plan } from '../domain/plan.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, objectiveOf } from '../measure/testing/plan-of.ts'
import { judgeObjectives } from './objective-findings.ts'
import { calls, planned } from './testing/judged-run.ts'

function judged(objective: Objective, changes: Partial<GeneratedRun> = {}, of: Partial<Plan> = {}) {
  const plan = planned({ objectives: [objective], ...of })
  return judgeObjectives(new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ...changes }))))
}
const first = (...args: Parameters<typeof judged>) => judged(...args).findings[0]
const p50 = (during: string, changes: Partial<Objective> = {}) =>
  objectiveOf('asked', 'tool.latency.p50', during, { max: 100 }, changes)

describe('an objective', () => {
  it('is told with what was measured, its bound and its window', () => {
    expect(first(p50('steady'))).toMatchObject({
      id: 'asked',
      measure: 'tool.latency.p50',
      window: 'steady',
      verdict: 'pass',
      bound: { max: 100, unit: 'ms' },
      judged: true,
      where: null,
    })
    expect(first(p50('steady'))?.why).toMatch(/p50 during steady was 20 ms; wanted at most 100 ms\.$/)
    expect(first(p50('steady'))?.bound).not.toHaveProperty('min')
    expect(first(p50('steady'))).not.toHaveProperty('hint')
  })

  it('of one tool says whose it is', () => {
    const one = first(p50('steady', { where: { tool: 'read' } }))
    expect(one).toMatchObject({ id: 'asked', where: { tool: 'read' } })
    expect(one?.why).toMatch(/during steady of read was 20 ms/)
  })

  it('of every tool is one finding a tool, by name', () => {
    const { findings } = judged(p50('steady', { where: { tool: '*' } }))
    expect(findings.map(({ id, where }) => [id, where])).toEqual([
      ['asked.read', { tool: 'read' }],
      ['asked.write', { tool: 'write' }],
    ])
  })

  it('that was missed has a hint, where the run tells one', () => {
    const failing = calls({ users: 4, outcome: (_, index) => (index === 100 ? 'timeout' : 'ok') })
    const missed = objectiveOf('asked', 'tool.error_ratio', 'steady', { max: 0 })
    expect(first(missed, { calls: failing })?.hint).toBe('Most failures (1 of 1) ended as timeout.')
    expect(first({ ...missed, max: 0.5 }, { calls: failing })).not.toHaveProperty('hint')
  })

  it('that was missed by time, or has late load, tells when the machine lost its processors to others', () => {
    const stolenUs = (s: number) => (s > 30 ? 400_000 : 0)
    const slow = { calls: calls({ latencyMs: () => 200 }), stolenUs }
    const told = /took 400 ms of its processors .* from 29\.3 s on/
    expect(first(p50('steady'), slow)).toMatchObject({ verdict: 'fail', hint: expect.stringMatching(told) })
    expect(first(p50('steady', { max: 300 }), slow)).not.toHaveProperty('hint')
    const late = { calls: calls({ lateMs: (_, index) => (index >= 500 && index < 600 ? 90 : 0) }), stolenUs }
    expect(first(p50('steady'), late)).toMatchObject({
      reason: 'load_not_delivered',
      hint: expect.stringMatching(told),
    })
    const failing = calls({ users: 4, outcome: (_, index) => (index === 100 ? 'timeout' : 'ok') })
    const failed = first(objectiveOf('asked', 'tool.error_ratio', 'steady', { max: 0 }), { calls: failing, stolenUs })
    expect(failed?.hint).toBe('Most failures (1 of 1) ended as timeout.')
  })

  it('that was missed by time, or has late load, tells when the generator collected its garbage', () => {
    const timeline = timelineOf(planned(), [[30_000_000, 'load', 'k6-1', { edge: 'collected', us: 640_000 }]])
    const told = /took a processor of this machine for 640 ms to collect its garbage, from 30\.0 s on/
    const slow = { calls: calls({ latencyMs: () => 200 }), timeline }
    expect(first(p50('steady'), slow)).toMatchObject({ verdict: 'fail', hint: expect.stringMatching(told) })
    const late = { calls: calls({ lateMs: (_, index) => (index >= 500 && index < 600 ? 90 : 0) }), timeline }
    expect(first(p50('steady'), late)).toMatchObject({ verdict: 'unknown', hint: expect.stringMatching(told) })
    expect(first(p50('steady'), { timeline })).not.toHaveProperty('hint')
  })

  it('that was kept has none, though calls waited for one another', () => {
    const waited = calls({ users: 4, latencyMs: () => 40 }).map((call) => {
      const freeUs = call.intendedUs + 30_000
      return { ...call, readyUs: freeUs, startedUs: freeUs }
    })
    expect(first(p50('steady'), { calls: waited })).not.toHaveProperty('hint')
    expect(first({ ...p50('steady'), max: 20 }, { calls: waited })?.hint).toMatch(/^220 of 220 calls waited/)
  })

  it('has the one bound that the plan gives it', () => {
    const few = { calls: calls({ users: 4 }) }
    expect(first(objectiveOf('asked', 'pool.exhausted', 'steady', { is: false }), few)?.bound).toEqual({
      is: false,
      unit: 'bool',
    })
    expect(first(objectiveOf('asked', 'load.users.peak', 'run', { min: 4 }), few)?.bound).toEqual({
      min: 4,
      unit: 'count',
    })
  })

  it('of yes or no has a colon, and nothing measured says why', () => {
    const full = objectiveOf('full', 'pool.exhausted', 'slow', { is: false })
    expect(first(full)?.why).toMatch(/during slow: no; wanted no\.$/)
    expect(first(p50('steady'), { calls: [] })?.why).toMatch(
      /during steady cannot be told: .*; wanted at most 100 ms\.$/,
    )
  })

  it('counts in the verdict only where both the plan and the window say so', () => {
    expect(first(p50('steady'))?.judged).toBe(true)
    expect(first(p50('steady', { judged: false }))?.judged).toBe(false)
    expect(first(p50('warm-up'))?.judged).toBe(false)
  })

  it.each<[reason: string, objective: Objective, why: RegExp]>([
    [
      'a measure that nobody knows',
      objectiveOf('asked', 'tool.mood', 'steady', { max: 1 }),
      /knows no measure tool.mood/,
    ],
    ['a window that the plan has not', p50('nowhere'), /has no window nowhere/],
    [
      'a measure in a window that it is not of',
      objectiveOf('asked', 'recovery.after_heal', 'steady', { max: 1 }),
      /recovery.after_heal cannot be measured during a window of kind phase/,
    ],
  ])('is not assessed: %s', (_reason, objective, why) => {
    const { findings, notAssessed } = judged(objective)
    expect(findings).toEqual([])
    expect(notAssessed).toEqual([
      { id: 'asked', measure: objective.measure, window: objective.during, why: expect.stringMatching(why) },
    ])
  })
})

describe('files that a finding rests on', () => {
  const filesOf = (objective: Objective, changes: Partial<GeneratedRun> = {}, of: Partial<Plan> = {}) =>
    first(objective, changes, of)?.evidence.map(({ file }) => file)

  it('are the plan, the timeline and the streams of what was measured, by name', () => {
    const calm = { faults: [] }
    expect(filesOf(p50('steady'), {}, calm)).toEqual(['calls/k6-1.ndjson', 'run.json', 'timeline.ndjson'])
    const peak = objectiveOf('asked', 'database.connections.peak', 'steady', { max: 100 })
    // Of load that was not delivered nothing can be said: the calls are always among them.
    expect(filesOf(peak, {}, calm)).toEqual(['calls/k6-1.ndjson', 'database.ndjson', 'run.json', 'timeline.ndjson'])
    const leaked = objectiveOf('asked', 'pool.leaked', 'run', { max: 0 })
    expect(filesOf(leaked, {}, calm)).toContain('pool.ndjson')
  })

  it('and of a fault on a link to the database that one, too', () => {
    expect(filesOf(p50('slow'))).toContain('database.ndjson')
    const elsewhere = { faults: [faultOf({ on: 'server' })] }
    expect(filesOf(p50('slow'), {}, elsewhere)).not.toContain('database.ndjson')
  })
})
