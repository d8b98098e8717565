import { describe, expect, it } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import { type CallsShape, callsOf, calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated, type TimelineEntry } from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from '../measure/testing/plan-of.ts'
import type { RunFile } from '../record/reader.ts'
import { renderEvidence } from './evidence-file.ts'
import { judgeRun } from './judge-run.ts'

const usual = planOf({ faults: [faultOf()], objectives: launchObjectives })
const drilled: Plan = {
  ...usual,
  drill: { name: 'failover', mode: 'automatic', horizonMs: 30_000, every: 'week' },
}

function written({
  plan = usual,
  more = [],
  file = {},
  calls = {},
}: {
  plan?: Plan
  more?: readonly TimelineEntry[]
  file?: Partial<RunFile>
  calls?: Partial<CallsShape>
} = {}) {
  const rows = callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => 20, ...calls })
  const read = readGenerated(calmRun({ plan, timeline: timelineOf(plan, more), calls: rows }))
  const folder = { ...read, run: { ...read.run, ...file } }
  const { report } = judgeRun(folder)
  const files = [{ file: 'run.json', bytes: 1, sha256: 'a' }]
  const source = { folder, report, files, derived: new Set<string>(), squall: '0.1.0', people: null }
  const text = renderEvidence(source)
  // A person reads it, too, and looks at what changed from one to the next.
  expect(text).toMatch(/^\{\n {2}"format": /)
  return JSON.parse(text)
}

describe('a drill’s record', () => {
  it('says when it is to be done again, where somebody wants that', () => {
    expect(written({ plan: drilled }).drill).toMatchObject({ name: 'failover', dueAgain: '2026-11-28T10:00:00.000Z' })
    expect(written({ plan: drilled, file: { startedAt: 'soon' } }).drill).toMatchObject({ dueAgain: null })
    const once = { ...drilled, drill: { name: 'failover', mode: 'automatic', horizonMs: 1, every: null } } as Plan
    expect(written({ plan: once }).drill).toMatchObject({ dueAgain: null })
    expect(written().drill).toBeNull()
  })

  it('is chained to the drill before', () => {
    expect(written().previous).toBeNull()
    const previousDrill = { id: 'run-0', folder: 'before', evidenceSha256: 'f'.repeat(64) }
    expect(written({ file: { previousDrill } }).previous).toEqual({
      runId: 'run-0',
      folder: 'before',
      sha256: 'f'.repeat(64),
    })
  })

  it('has a hypothesis of its own where nobody wrote one', () => {
    const harm = (faults: Plan['faults']) => written({ plan: { ...usual, faults } }).hypothesis
    expect(harm([])).toMatch(/^Without a fault, under 50 users of generated, all 5 judged findings/)
    expect(harm([faultOf()])).toMatch(/^While slow acts, under 50 users/)
    const later = faultOf({ id: 'later', startMs: 42_000, forMs: 3_000 })
    expect(harm([faultOf(), later])).toMatch(/^While slow, later act, under/)
  })

  it('has every moment in order, with the time of day and how finely it was seen', () => {
    const acted: TimelineEntry = [21_000_000, 'supervisor', 'primary', { step: 'detected' }]
    const done: TimelineEntry = [40_000_000, 'step', 'primary', { step: 'fail back' }]
    const note: TimelineEntry = [22_000_000, 'note', 'primary', { text: 'odd' }]
    const { timeline } = written({ more: [acted, note, done] })
    const told = timeline.map(({ tUs, what, of }: Record<string, unknown>) => [tUs, what, of])
    expect(told).toEqual([
      [20_000_000, 'inject', 'slow'],
      [20_005_000, 'applied', 'slow'],
      [20_200_000, 'seen to act', 'slow'],
      [21_000_000, 'detected', 'primary'],
      [30_000_000, 'healed', 'slow'],
      [30_200_000, 'seen to be healed', 'slow'],
      [expect.any(Number), 'sustained recovery', 'slow'],
      [40_000_000, 'fail back', 'primary'],
    ])
    const finely = timeline.map(({ resolutionUs }: Record<string, unknown>) => resolutionUs)
    expect(finely).toEqual([null, null, 250_000, null, null, 250_000, null, null])
  })

  it('tells the time of day of all of them, or of none', () => {
    const acted: TimelineEntry = [21_000_000, 'supervisor', 'primary', { step: 'detected' }]
    const { timeline } = written({ more: [acted] })
    // The clock of generated runs began 1 µs after 1970 did.
    expect(timeline.map(({ at }: Record<string, unknown>) => at).slice(0, 4)).toEqual([
      '1970-01-01T00:00:20.000Z',
      '1970-01-01T00:00:20.005Z',
      '1970-01-01T00:00:20.200Z',
      '1970-01-01T00:00:21.000Z',
    ])
  })

  it('leaves out what is no part of a recovery from its table of recovery', () => {
    const ids: string[] = written({ plan: drilled }).recovery.map(({ id }: { id: string }) => id)
    expect(ids.filter((id) => !/^(recovery|data|restore)\./.test(id))).toEqual([])
    expect(ids).toContain('data.integrity')
  })
})

describe('what was found', () => {
  it('has target, achieved, and how finely the fault was seen', () => {
    const plan = {
      ...usual,
      objectives: [...launchObjectives, objectiveOf('slow-p95', 'tool.latency.p95', 'slow', { max: 5_000 })],
    }
    const { results } = written({ plan })
    const of = (id: string) => results.find((row: { id: string }) => row.id === id)
    expect(of('slow-p95')).toMatchObject({
      target: { max: 5_000 },
      achieved: { kind: 'value', value: 20 },
      resolutionUs: 250_000,
    })
    expect(of('clear-p95')).toMatchObject({ verdict: 'pass', resolutionUs: null })
  })

  it('leaves a place for people at each judged finding that is no pass, and at no other', () => {
    const objectives = [
      objectiveOf('missed', 'tool.latency.p50', 'steady', { max: 1 }),
      objectiveOf('told', 'tool.latency.p50', 'steady', { max: 1 }, { judged: false }),
      objectiveOf('kept', 'tool.latency.p50', 'steady', { max: 100 }),
    ]
    const { people } = written({ plan: { ...usual, objectives } })
    expect(people).toMatchObject({ findings: [{ id: 'missed', owner: null, due: null }], signOff: null })
  })

  it('tells what did not go as planned', () => {
    const note: TimelineEntry = [22_000_000, 'note', 'primary', { text: 'odd' }]
    const { deviations } = written({ more: [note], calls: { endMs: 0 } })
    expect(deviations).toMatchObject({ ended: null, notes: [{ tUs: 22_000_000, about: 'primary', text: 'odd' }] })
    expect(deviations.unknown.map(({ id }: { id: string }) => id)).toEqual([
      'clear-p95',
      'clear-errors',
      'load.delivered',
      'load.generator_errors',
    ])
    expect(written().deviations).toMatchObject({ unknown: [], notes: [] })
  })
})
