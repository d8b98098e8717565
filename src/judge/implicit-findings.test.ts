import { describe, expect, it } from 'vitest'
import type { Plan } from '../domain/plan.ts'
import type { Finding } from '../domain/verdict.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedRun, readGenerated, type TimelineEntry } from '../measure/testing/generated-run.ts'
import { judgeImplicit } from './implicit-findings.ts'
import { calls, planned } from './testing/judged-run.ts'

const plan = planned()

function finding(id: string, changes: Partial<GeneratedRun> = {}): Finding {
  const view = new RunView(readGenerated(calmRun({ plan, timeline: timelineOf(plan), ...changes })))
  const found = judgeImplicit(view).findings.find((one) => one.id === id)
  if (found === undefined) throw new Error(id)
  return found
}

const interrupted: TimelineEntry[] = [
  ...timelineOf(plan).filter(([tUs]) => tUs < 25_000_000),
  [25_000_000, 'end', null, { reason: 'interrupted' }],
]

/** Of the 2,750 judged calls so many began 90 ms late by the generator's doing. */
const lateCalls = (count: number) =>
  calls({ latencyMs: () => 200, lateMs: (_, index) => (index >= 500 && index < 500 + count ? 90 : 0) })

describe('load that was delivered', () => {
  it.each([
    [0, 'pass', 'within_bound'],
    [27, 'pass', 'within_bound'],
    [28, 'unknown', 'load_not_delivered'],
  ] as const)('%d of 2,750 calls late, where 1 %% may be: %s', (late, verdict, reason) => {
    const found = finding('load.delivered', { calls: lateCalls(late) })
    expect(found).toMatchObject({ verdict, reason, measured: { value: late / 2_750, sampleCount: 2_750 } })
  })

  it('says how many were late', () => {
    expect(finding('load.delivered', { calls: lateCalls(3) }).why).toBe(
      'The load was delivered: the generator was late by itself in 3 of 2750 calls.',
    )
    expect(finding('load.delivered', { calls: lateCalls(28) }).why).toMatch(
      /nothing about the system\. Of this machine/,
    )
  })

  it('says when this machine lost its processors to others, and nothing of it where it did not', () => {
    const stolenUs = (s: number) => (s > 30 ? 400_000 : 0)
    const late = { calls: lateCalls(28) }
    expect(finding('load.delivered', { ...late, stolenUs }).hint).toMatch(/took 400 ms .* from 29\.3 s on/)
    expect(finding('load.delivered', { ...late, host: true }).hint).toBeUndefined()
  })

  it('cannot be told where no call was sent, though some were due', () => {
    const unsent = calls({ outcome: () => 'unsent' })
    expect(finding('load.delivered', { calls: unsent })).toMatchObject({ verdict: 'unknown', reason: 'no_samples' })
  })

  it('cannot be told of a run that was interrupted', () => {
    const found = finding('load.delivered', { timeline: interrupted })
    expect(found).toMatchObject({ verdict: 'unknown', reason: 'interrupted', measured: { kind: 'none' } })
  })
})

describe('our own script', () => {
  const failing = (count: number) =>
    calls({ outcome: (_, index) => (index >= 500 && index < 500 + count ? 'generator_error' : 'ok') })

  it.each([
    [0, 'pass', /in no call/],
    [1, 'unknown', /failed in 1 calls/],
    [2, 'unknown', /failed in 2 calls/],
  ] as const)('failed in %d calls', (count, verdict, why) => {
    const found = finding('load.generator_errors', { calls: failing(count) })
    expect(found).toMatchObject({ verdict, measured: { value: count, sampleCount: 2_750 } })
    expect(found.bound).toEqual({ max: 0, unit: 'count' })
    expect(found.why).toMatch(why)
  })

  it('is told to have failed even where the run was interrupted', () => {
    const of = (rows: GeneratedRun['calls'] & object) =>
      finding('load.generator_errors', { calls: rows, timeline: interrupted }).reason
    expect([of(failing(1)), of(failing(0))]).toEqual(['generator_error', 'interrupted'])
  })
})

describe('a fault', () => {
  it('was seen to act and to end, so long after it was asked for', () => {
    const found = finding('faults.observed.slow')
    expect(found).toMatchObject({ verdict: 'pass', measured: { value: true, sampleCount: 1 } })
    expect(found.why).toBe('The fault slow was seen to act and seen to end, 10.2 s after it was asked for.')
  })

  it('that nobody asked for is timed from when it was seen', () => {
    const timeline = timelineOf(plan).filter((row) => row[3].edge !== 'requested')
    expect(finding('faults.observed.slow', { timeline }).why).toMatch(/seen to end, 10 s after/)
  })

  it('that never came was nothing that could be seen', () => {
    const timeline = timelineOf(plan).filter(([, kind]) => kind !== 'injection')
    expect(finding('faults.observed.slow', { timeline })).toMatchObject({
      verdict: 'unknown',
      reason: 'window_missing',
      measured: { sampleCount: 0 },
    })
  })
})

describe('the system stayed up', () => {
  const id = 'system.unplanned_exit'
  const exit = (tUs: number, name: string, data: object = {}): TimelineEntry => [
    tUs,
    'exit',
    name,
    { pid: 2, planned: false, ...data },
  ]

  it('or not: every exit is told, how and when', () => {
    const timeline = timelineOf(plan, [
      exit(41_000_000, 'server', { code: 1 }),
      exit(42_500_000, 'server', { signal: 'SIGKILL' }),
      exit(43_000_000, 'primary'),
    ])
    const found = finding(id, { timeline })
    expect(found).toMatchObject({ verdict: 'fail', measured: { value: 3 }, bound: { max: 0 }, judged: true })
    expect(found.why).toBe(
      'The system did not stay up: server ended with code 1 at 41.0 s; server ended by signal SIGKILL at 42.5 s; ' +
        'primary ended with code unknown at 43.0 s.',
    )
  })

  it('as often as the database began anew, between which answers', () => {
    const database = (calmRun().database ?? []).map((row) => ({
      ...row,
      startedAt: row.tUs < 30_000_000 ? 'a' : row.tUs < 45_000_000 ? 'b' : 'c',
    }))
    const calm: Plan = planned({ faults: [] })
    const found = finding(id, { plan: calm, timeline: timelineOf(calm), database })
    expect(found).toMatchObject({ verdict: 'fail', measured: { value: 2 } })
    expect(found.why).toBe(
      'The system did not stay up: its database began anew between 29.0 s and 30.0 s; ' +
        'its database began anew between 44.0 s and 45.0 s.',
    )
  })

  it('by as many answers of the database as there were', () => {
    expect(finding(id)).toMatchObject({ verdict: 'pass', measured: { value: 0, sampleCount: 68 } })
    expect(finding(id).why).toBe('No process of the system ended by itself, and its database did not begin anew.')
  })

  it('cannot be told without a timeline', () => {
    const { timeline: _, ...without } = calmRun({ plan })
    const view = new RunView(readGenerated(without))
    const found = judgeImplicit(view).findings.find((one) => one.id === id)
    expect(found).toMatchObject({ verdict: 'unknown', reason: 'stream_cut', measured: { sampleCount: 0 } })
  })
})
