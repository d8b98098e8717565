import { describe, expect, it } from 'vitest'
import type { ComparisonRow } from '../domain/comparison.ts'
import { RunView } from '../measure/run-view.ts'
import { type CallsShape, callsOf, calmRun, poolOf, randomOf, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedRun, readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import { compareRuns } from './compare-runs.ts'
import type { ViewedRun } from './drawn-sides.ts'

/** 55 s of 50 calls a second, each between 0.75 and 1.25 times as long as told. */
function calls(seed: number, medianMs: number, more: Partial<CallsShape> = {}) {
  const random = randomOf(seed)
  return callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: () => medianMs * (0.75 + random() / 2), ...more })
}

/** Runs of one comparison have random numbers of their own, the same whenever a test is run again. */
let made = 0
function runOf(medianMs: number, changes: Partial<GeneratedRun> = {}): ViewedRun {
  made += 1
  const run = calmRun({ plan: planOf({ objectives: launchObjectives }), calls: calls(made, medianMs), ...changes })
  return { folder: `runs/${made}`, view: new RunView(readGenerated(run)) }
}

const compare = (base: readonly ViewedRun[], head: readonly ViewedRun[]) => {
  made = 0
  return compareRuns({ base, head, foreign: [], limits: {} })
}

function row(rows: readonly ComparisonRow[], measure: string, window = 'steady.clear'): ComparisonRow {
  const found = rows.find((one) => one.measure === measure && one.window === window)
  if (found === undefined) throw new Error(`no ${measure} in ${window}`)
  return found
}

const fails = (share: number, seed: number) => {
  const random = randomOf(seed)
  return () => (random() < share ? 'tool_error' : 'ok') as 'tool_error' | 'ok'
}

describe('one run a side', () => {
  it('the same is no difference, with what would have been called', () => {
    const { verdict, exitCode, rows, notes } = compare([runOf(100)], [runOf(100)])
    expect([verdict, exitCode]).toEqual(['no_difference_shown', 0])
    expect(row(rows, 'tool.latency.p95')).toMatchObject({ isKey: true, verdict: 'no_difference_shown' })
    expect(row(rows, 'tool.latency.p95').difference?.detectable).toBeLessThan(25)
    expect(row(rows, 'pool.used.peak_ratio')).toMatchObject({
      difference: null,
      verdict: 'too_little_evidence',
      isKey: false,
    })
    expect(notes.join()).toContain('One run a side')
  })

  it('a slower head is a regression, a faster one is an improvement', () => {
    const [fast, slow] = [runOf(100), runOf(130)]
    const worse = compare([fast], [slow])
    expect([worse.verdict, worse.exitCode]).toEqual(['regression', 1])
    expect(row(worse.rows, 'tool.latency.p50')).toMatchObject({
      verdict: 'regression',
      minimumEffect: expect.closeTo(10, 0),
    })
    expect(row(worse.rows, 'tool.latency.p50').difference?.value).toBeCloseTo(30, -1)
    const better = compare([slow], [fast])
    expect([better.verdict, better.exitCode]).toEqual(['improvement', 0])
    expect(row(better.rows, 'tool.latency.p50')).toMatchObject({ verdict: 'improvement' })
  })

  it('sure but less than counts is no regression; with another limit it is', () => {
    const [base, head] = [[runOf(100)], [runOf(107)]]
    const usual = compare(base, head)
    expect(row(usual.rows, 'tool.latency.p50').difference?.p).toBeLessThan(0.01)
    expect(usual.verdict).toBe('no_difference_shown')
    expect(compareRuns({ base, head, foreign: [], limits: { relative: 0.05 } }).verdict).toBe('regression')
  })

  it('more errors are a regression, fewer an improvement; they are counted, and not in percentiles alone', () => {
    const ok = runOf(100)
    const bad = runOf(100, { calls: calls(1, 100, { outcome: fails(0.03, 5) }) })
    expect(row(compare([ok], [bad]).rows, 'tool.error_ratio')).toMatchObject({ verdict: 'regression' })
    expect(row(compare([bad], [ok]).rows, 'tool.error_ratio')).toMatchObject({ verdict: 'improvement' })
  })

  it('fewer calls a second are worse, as more is better', () => {
    const few = runOf(100, { calls: calls(2, 100, { users: 40 }) })
    expect(row(compare([runOf(100)], [few]).rows, 'load.calls_per_s')).toMatchObject({
      verdict: 'regression',
      better: 'higher',
    })
    expect(row(compare([few], [runOf(100)]).rows, 'load.calls_per_s')).toMatchObject({ verdict: 'improvement' })
  })

  it('a fuller pool is worse', () => {
    const full = runOf(100, { pool: poolOf({ used: (ms) => (ms >= 0 && ms < 60_000 ? 40 : 0) }) })
    const found = row(compare([runOf(100)], [full]).rows, 'pool.used.second_peaks')
    expect(found).toMatchObject({
      verdict: 'regression',
      base: { value: expect.closeTo(0.12, 6) },
      head: { value: expect.closeTo(0.4, 6) },
    })
  })

  it('undelivered load is no evidence, and the comparison inconclusive', () => {
    const late = runOf(100, { calls: calls(3, 100, { lateMs: (_, index) => (index % 20 === 0 ? 80 : 0) }) })
    const { verdict, exitCode, rows, summary } = compare([runOf(100)], [late])
    expect([verdict, exitCode]).toEqual(['too_little_evidence', 2])
    expect(row(rows, 'tool.latency.p95').why).toMatch(/^runs\/\d+: .* over 50 ms late/)
    expect(summary).toContain('tool.latency.p95 (steady.clear)')
  })
})

describe('windows', () => {
  const plan = planOf({ faults: [faultOf()], objectives: launchObjectives })
  const harmed = () => runOf(100, { plan, timeline: timelineOf(plan) })

  it('those of a fault are compared where both have it', () => {
    const { rows } = compare([harmed()], [harmed()])
    expect([...new Set(rows.map(({ window }) => window))]).toEqual(['steady.clear', 'slow', 'slow.recovery'])
    expect(row(rows, 'tool.latency.p95', 'slow').isKey).toBe(false)
  })

  it('and are left out, by name, where one has it not', () => {
    const { rows, windowsLeftOut } = compare([runOf(100)], [harmed()])
    expect([...new Set(rows.map(({ window }) => window))]).toEqual(['steady.clear'])
    expect(windowsLeftOut).toEqual(['slow', 'slow.recovery'])
  })

  it('without a calm stretch in common nothing can be told', () => {
    const other = planOf({
      load: { ...plan.load, phases: plan.load.phases.map((phase) => ({ ...phase, id: `x-${phase.id}` })) },
    })
    expect(compare([runOf(100)], [runOf(100, { plan: other })])).toMatchObject({
      verdict: 'too_little_evidence',
      exitCode: 2,
      rows: [],
    })
  })
})

describe('four runs a side', () => {
  const four = (medianMs: number) => [0, 1, 2, 3].map((at) => runOf(medianMs * (1 + at / 200)))

  it('the run is the unit, and the least that counts is half as much', () => {
    const { verdict, rows, limits } = compare(four(100), four(108))
    expect(limits.relative).toBe(0.05)
    expect(verdict).toBe('regression')
    expect(row(rows, 'tool.latency.p95').method).toContain('permuting the runs')
    expect(row(rows, 'pool.used.peak_ratio').verdict).toBe('no_difference_shown')
  })

  it('runs that differ as much among themselves show nothing', () => {
    const wild = (offset: number) => [100, 140, 180, 220].map((ms) => runOf(ms + offset))
    expect(compare(wild(0), wild(15)).verdict).not.toBe('regression')
  })
})
