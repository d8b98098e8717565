import { describe, expect, it } from 'vitest'
import type { Comparison, ComparisonRow } from '../domain/comparison.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, databaseOf, poolOf, randomOf, timelineOf } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import { compareRuns } from './compare-runs.ts'
import type { ViewedRun } from './drawn-sides.ts'

interface Shape {
  readonly latencyMs?: number
  /** In a hundred calls. */
  readonly failing?: number
  readonly connections?: number
}

/** 330 judged calls; each takes up to a quarter more or less. */
function run(seed: number, { latencyMs = 100, failing = 0, connections = 5 }: Shape): ViewedRun {
  const random = randomOf(seed)
  const calls = callsOf({
    users: 6,
    startMs: 0,
    endMs: 60_000,
    latencyMs: () => latencyMs * (0.75 + random() / 2),
    outcome: () => (random() * 100 < failing ? 'http_error' : 'ok'),
  })
  const plan = planOf({ objectives: launchObjectives })
  const pool = poolOf({ used: () => 12 })
  const database = databaseOf(() => ({ connections }))
  const generated = calmRun({ plan, timeline: timelineOf(plan), calls, pool, database })
  return { folder: `runs/${seed}`, view: new RunView(readGenerated(generated)) }
}

const compare = (base: readonly ViewedRun[], head: readonly ViewedRun[]): Comparison =>
  compareRuns({ base, head, foreign: [], limits: {} })

function row({ rows }: Comparison, measure: string): ComparisonRow {
  const found = rows.find((one) => one.measure === measure)
  if (found === undefined) throw new Error(measure)
  return found
}

describe('differences that are small as numbers', () => {
  const idle = run(1, { latencyMs: 0.4, connections: 0 })
  const busy = run(2, { latencyMs: 20, connections: 6, failing: 4 })
  const both = () => [compare([idle], [busy]), compare([busy], [idle])] as const

  it('of shares are as clear, and as unlikely by chance, as those of times', () => {
    const [there, back] = both()
    expect(row(there, 'tool.error_ratio')).toMatchObject({ verdict: 'regression' })
    expect(row(back, 'tool.error_ratio')).toMatchObject({ verdict: 'improvement' })
    for (const found of [there, back]) expect(row(found, 'tool.error_ratio').difference?.p).toBeLessThan(0.05)
  })

  it('are told relative to a base of less than one, and not to one of nothing', () => {
    const [there, back] = both()
    expect(row(there, 'tool.latency.p50').difference?.relative).toBeGreaterThan(30)
    expect(row(back, 'tool.latency.p50').difference?.relative).toBeCloseTo(-0.98, 2)
    expect(row(there, 'database.connections.mean')).toMatchObject({ difference: { value: 6, relative: null } })
    expect(row(back, 'database.connections.mean').difference?.relative).toBe(-1)
  })

  it('of shares and of pools are told in points alone', () => {
    const [, back] = both()
    for (const measure of ['tool.error_ratio', 'pool.used.second_peaks'])
      expect(row(back, measure).difference).toMatchObject({ relative: null })
  })

  it('make the verdict of the whole, as the gravest of the rows', () => {
    const [there, back] = both()
    expect([there.verdict, there.exitCode, there.schemaVersion]).toEqual(['regression', 1, 1])
    expect([back.verdict, back.exitCode]).toEqual(['improvement', 0])
  })
})

describe('four runs a side', () => {
  const four = (seed: number, failing: readonly number[]) =>
    failing.map((each, at) => run(seed + at, { failing: each }))

  it('of which one alone is bad are no regression, though head has the four worst', () => {
    const one = row(compare(four(10, [0, 0, 0, 0]), four(20, [2, 2, 2, 60])), 'tool.error_ratio')
    expect(one.difference?.interval.low).toBeLessThan(0)
    expect(one.verdict).not.toBe('regression')
  })

  it('that are bad alike are one', () => {
    const all = row(compare(four(10, [0, 0, 0, 0]), four(20, [20, 20, 20, 20])), 'tool.error_ratio')
    expect(all).toMatchObject({ verdict: 'regression', minimumEffect: 0.005 })
    expect(all.method).toMatch(/over 4 and 4 runs/)
  })

  it('are not the unit where the other side has one', () => {
    for (const found of [
      compare(four(10, [0, 0, 0, 0]), [run(5, {})]),
      compare([run(5, {})], four(10, [0, 0, 0, 0])),
    ]) {
      expect(found.limits.relative).toBe(0.1)
      expect(row(found, 'tool.error_ratio').method).toMatch(/independent stretches of time/)
    }
  })
})
