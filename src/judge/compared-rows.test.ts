import { describe, expect, it } from 'vitest'
import type { Comparison, ComparisonRow } from '../domain/comparison.ts'
import type { Plan } from '../domain/plan.ts'
import { RunView } from '../measure/run-view.ts'
import { callsOf, calmRun, poolOf, randomOf, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedCall, type GeneratedRun, readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, launchObjectives, planOf } from '../measure/testing/plan-of.ts'
import { compareRuns } from './compare-runs.ts'
import type { ViewedRun } from './drawn-sides.ts'

const faulty = planOf({ faults: [faultOf({ forMs: 15_000 })], objectives: launchObjectives })
const isHarmed = (ms: number) => ms >= 20_000 && ms < 35_000

/** 50 calls a second, each up to a quarter faster or slower than told. */
function calls(seed: number, medianMs: (ms: number) => number, failsEach = 0): GeneratedCall[] {
  const random = randomOf(seed)
  return callsOf({
    users: 50,
    startMs: 0,
    endMs: 60_000,
    latencyMs: (ms) => medianMs(ms) * (0.75 + random() / 2),
    outcome: (_, index) => (failsEach > 0 && index % failsEach === 0 ? 'tool_error' : 'ok'),
  })
}

function run(rows: GeneratedCall[], plan: Plan = faulty, changes: Partial<GeneratedRun> = {}): ViewedRun {
  const generated = calmRun({ plan, timeline: timelineOf(plan), calls: rows, ...changes })
  return { folder: 'runs/a', view: new RunView(readGenerated(generated)) }
}

const compare = (base: readonly ViewedRun[], head: readonly ViewedRun[]): Comparison =>
  compareRuns({ base, head, foreign: [], limits: {} })

function row({ rows }: Comparison, measure: string, window = 'steady.clear'): ComparisonRow {
  const found = rows.find((one) => one.measure === measure && one.window === window)
  if (found === undefined) throw new Error(`no ${measure} in ${window}`)
  return found
}

const usual = run(calls(1, () => 100))
const slowInFault = run(calls(2, (ms) => (isHarmed(ms) ? 200 : 100)))

describe('a regression while a fault is on alone', () => {
  it('is one, though no row of it is a key one', () => {
    const found = compare([usual], [slowInFault])
    expect(row(found, 'tool.latency.p95')).toMatchObject({ verdict: 'no_difference_shown', isKey: true })
    expect(row(found, 'tool.latency.p50', 'slow')).toMatchObject({ verdict: 'regression', isKey: false })
    expect([found.verdict, found.schemaVersion]).toEqual(['regression', 1])
  })

  /** The same load under other names: no calm stretch is in both. */
  const { load } = faulty
  const renamed = planOf({
    ...faulty,
    load: { ...load, phases: load.phases.map((phase) => ({ ...phase, id: `x-${phase.id}` })) },
  })

  it('is one where no calm stretch is in both; none is no permission', () => {
    expect(
      compare(
        [usual],
        [
          run(
            calls(2, (ms) => (isHarmed(ms) ? 200 : 100)),
            renamed,
          ),
        ],
      ).verdict,
    ).toBe('regression')
    expect(
      compare(
        [usual],
        [
          run(
            calls(3, () => 100),
            renamed,
          ),
        ],
      ).verdict,
    ).toBe('too_little_evidence')
  })

  it('is left out where the fault never came to one of them', () => {
    const timeline = timelineOf(faulty).filter(([, kind]) => kind !== 'injection')
    const found = compare(
      [usual],
      [
        run(
          calls(3, () => 100),
          faulty,
          { timeline },
        ),
      ],
    )
    expect(found.windowsLeftOut).toContain('slow')
  })
})

describe('what a row says of a difference', () => {
  const full = poolOf({ used: (ms) => (ms >= 0 && ms < 60_000 ? 40 : 0) })
  const worse = run(
    calls(4, () => 130, 20),
    faulty,
    { pool: full },
  )
  const better = run(calls(5, () => 100, 50))

  it('relative to the base where that is a time; shares differ in points', () => {
    const [found, back] = [compare([better], [worse]), compare([worse], [better])]
    expect(row(found, 'tool.latency.p50').difference?.relative).toBeCloseTo(0.3, 1)
    expect(row(back, 'tool.latency.p50').difference?.relative).toBeCloseTo(-0.23, 1)
    expect(row(found, 'tool.error_ratio').difference?.relative).toBeNull()
    expect(row(found, 'pool.used.second_peaks').difference?.relative).toBeNull()
  })

  it('how likely chance makes it in its own direction', () => {
    const [found, back] = [compare([better], [worse]), compare([worse], [better])]
    expect(row(found, 'tool.latency.p50').difference?.p).toBeLessThan(0.01)
    expect(row(back, 'tool.latency.p50').difference?.p).toBeLessThan(0.01)
    expect(row(found, 'pool.used.second_peaks').difference?.p).toBeLessThan(0.01)
  })

  it('and never that less than what counts would have been called', () => {
    const flat = (seed: number) =>
      run(callsOf({ users: 50, startMs: 0, endMs: 60_000, latencyMs: (_, index) => 100 + ((index + seed) % 3) * 0.01 }))
    const { minimumEffect, difference } = row(compare([flat(0)], [flat(1)]), 'tool.latency.p50')
    expect(minimumEffect).toBeCloseTo(10, 1)
    expect(difference?.detectable).toBe(minimumEffect)
  })

  it('without a base value a relative limit is 0, and nothing else is made up', () => {
    const { minimumEffect, base, head, difference, method } = row(compare([run([])], [usual]), 'load.calls_per_s')
    expect([minimumEffect, base, head, difference, method]).toEqual([0, null, null, null, 'none'])
  })

  it('rests on a base of 0, too, but is no share of it', () => {
    const idle = run(
      calls(6, () => 100),
      faulty,
      { pool: poolOf({ used: () => 0 }), database: [] },
    )
    expect(row(compare([idle], [worse]), 'pool.used.second_peaks').difference).toMatchObject({ relative: null })
  })
})

describe('several runs a side', () => {
  const four = (seed: number, failsEach: number) =>
    [0, 1, 2, 3].map((at) =>
      run(
        calls(seed + at, () => 100 + at, failsEach),
        planOf({ objectives: launchObjectives }),
      ),
    )

  it('the side with fewer runs says what must at least differ', () => {
    const unharmed = run(
      calls(7, () => 100),
      planOf({ objectives: launchObjectives }),
    )
    expect(compare([unharmed], four(10, 0)).limits.relative).toBe(0.1)
    expect(compare(four(10, 0), [unharmed]).limits.relative).toBe(0.1)
  })

  it('where so many calls fail that a quantile has no end it counts as twice a call’s longest time', () => {
    const found = compare(four(20, 0), four(30, 10))
    const p95 = row(found, 'tool.latency.p95')
    expect([p95.head?.value, p95.verdict]).toEqual([70_000, 'regression'])
    expect(row(found, 'tool.latency.p50').head?.value).toBeLessThan(120)
    expect(row(found, 'load.calls_per_s').head?.value).toBeCloseTo(50, 5)
  })

  it('each side counts what all of its runs rest on', () => {
    const { base, head } = row(compare(four(20, 0).slice(0, 2), four(30, 0).slice(0, 3)), 'tool.latency.p95')
    expect([base?.samples, head?.samples]).toEqual([5_500, 8_250])
  })
})
