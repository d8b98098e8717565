import { describe, expect, it } from 'vitest'
import type { Outcome } from '../domain/outcome.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun, timelineOf } from '../measure/testing/calm-run.ts'
import { type GeneratedCall, readGenerated } from '../measure/testing/generated-run.ts'
import { faultOf, planOf } from '../measure/testing/plan-of.ts'
import { errorTable, loadSummary, measurementRows, toolRows } from './report-tables.ts'
import { calls } from './testing/judged-run.ts'

const viewOf = (rows: readonly GeneratedCall[], tools: readonly string[] = ['read', 'write']) =>
  new RunView(readGenerated(calmRun({ calls: rows, tools })))

/** The calls, some of them with another end: by their place among those of the judged phase. */
function ended(ends: (at: number) => readonly [Outcome, string | null] | null): GeneratedCall[] {
  return calls({}).map((call, index) => {
    const [outcome, error] = ends(index - 250) ?? [call.outcome, call.error]
    return { ...call, outcome, error }
  })
}

const without = (name: 'calls' | 'timeline') => {
  const { [name]: _, ...rest } = calmRun()
  return new RunView(readGenerated(rest))
}

describe('tools', () => {
  it('by name, with shares and quantiles of their own; one that nobody called is none', () => {
    const rows = calls({
      latencyMs: (_, index) => (index % 2 === 0 ? 20 : index % 40 === 1 ? 900 : 40),
      outcome: (_, index) => (index % 10 === 1 ? 'tool_error' : index % 50 === 3 ? 'timeout' : 'ok'),
    })
    const [first, second, ...others] = toolRows(viewOf(rows, ['write', 'add', 'never']))
    expect(others).toEqual([])
    // Of 2,750 calls every other one is of a tool; of add's 1,375 each fifth has an error, each 25th no end in time.
    expect(first).toMatchObject({ tool: 'add', calls: 1_375, goodRatio: 0.76 })
    expect(first?.errors).toEqual({ tool_error: 275, timeout: 55 })
    expect(second).toMatchObject({ tool: 'write', calls: 1_375, goodRatio: 1, errors: {} })
    expect(second).toMatchObject({ p50Ms: { value: 20 }, p99Ms: { value: 20 }, maxMs: { value: 20 } })
  })

  it('have each quantile in its own place', () => {
    // Of a tool's calls 2 in 100 take 800 ms, 8 in 100 take 300 ms, one takes 2 s.
    const slow = (index: number) => (index === 1_001 ? 2_000 : index % 100 < 4 ? 800 : index % 100 < 20 ? 300 : 20)
    const [read] = toolRows(viewOf(calls({ latencyMs: (_, index) => slow(index) })))
    expect(read).toMatchObject({ p50Ms: { value: 20 }, p95Ms: { value: 300 }, p99Ms: { value: 800 } })
    const [, write] = toolRows(viewOf(calls({ latencyMs: (_, index) => slow(index) })))
    expect(write).toMatchObject({ maxMs: { value: 2_000 } })
  })

  it('have the quantiles that their columns are named for', () => {
    // Of 1,375 calls of `read` the first takes 1 ms, and each other one 2 ms more than the one before.
    const [read] = toolRows(viewOf(calls({ latencyMs: (_, index) => Math.max(0, index - 250) + 1 })))
    expect(read).toMatchObject({ p50Ms: { value: 1_375 }, p95Ms: { value: 2_613 }, p99Ms: { value: 2_723 } })
  })

  it('tell of a single error', () => {
    const [read] = toolRows(viewOf(ended((at) => (at === 4 ? ['timeout', null] : null))))
    expect(read?.errors).toEqual({ timeout: 1 })
  })

  it('are none of a run without calls', () => {
    expect(toolRows(without('calls'))).toEqual([])
  })
})

describe('errors', () => {
  it('each outcome with each text, the commonest first, then by name', () => {
    const view = viewOf(
      ended((at) => {
        if (at < 0) return ['tool_error', 'in the warm-up']
        if (at < 3) return ['tool_error', 'full']
        if (at < 6) return ['tool_error', 'broken']
        if (at < 9) return ['rate_limited', 'full']
        if (at < 13) return ['timeout', null]
        return at === 13 ? ['ok', null] : null
      }),
    )
    expect(errorTable(view)).toEqual({
      rows: [
        { outcome: 'timeout', text: '', calls: 4 },
        { outcome: 'rate_limited', text: 'full', calls: 3 },
        { outcome: 'tool_error', text: 'broken', calls: 3 },
        { outcome: 'tool_error', text: 'full', calls: 3 },
      ],
      omitted: 0,
    })
  })

  it('what a good answer said beside it is told', () => {
    const view = viewOf(ended((at) => (at === 3 ? ['degraded', 'from a copy'] : null)))
    expect(errorTable(view).rows).toEqual([{ outcome: 'degraded', text: 'from a copy', calls: 1 }])
  })

  it.each([
    [20, 0],
    [23, 3],
  ])('of %d kinds at most 20 are shown, and %d counted', (kinds, omitted) => {
    const view = viewOf(ended((at) => (at >= 0 && at < kinds ? ['tool_error', `text ${at}`] : null)))
    const table = errorTable(view)
    expect([table.rows.length, table.omitted]).toEqual([20, omitted])
  })

  it('are none of a run without calls', () => {
    expect(errorTable(without('calls'))).toEqual({ rows: [], omitted: 0 })
  })
})

describe('load', () => {
  it('counts slots that were not sent apart, and the late ones of a thousand sent', () => {
    const rows = calls({
      latencyMs: () => 200,
      outcome: (_, index) => (index % 5 === 0 ? 'unsent' : 'ok'),
      lateMs: (_, index) => (index % 5 === 1 ? 90 : 0),
    })
    expect(loadSummary(viewOf(rows))).toEqual({
      callsIntended: 2_750,
      callsSent: 2_200,
      callsPerS: 40,
      usersPeak: 50,
      latePermille: 250,
    })
  })

  it('is told of no run without calls', () => {
    const nothing = { callsIntended: 0, callsSent: 0, callsPerS: null, usersPeak: null, latePermille: null }
    expect(loadSummary(without('calls'))).toEqual(nothing)
    expect(loadSummary(viewOf([]))).toEqual(nothing)
  })
})

describe('measurements', () => {
  it('of each judged window, classes of errors only where they occurred', () => {
    const rows = measurementRows(viewOf(ended((at) => (at === 5 ? ['timeout', null] : null))))
    expect([...new Set(rows.map(({ window }) => window))].sort()).toEqual(['run', 'steady', 'steady.clear'])
    const classes = rows.filter(({ id }) => id.startsWith('tool.error_ratio.')).map(({ id }) => id)
    expect([...new Set(classes)]).toEqual(['tool.error_ratio.timeout'])
    expect(rows.filter(({ id }) => id === 'tool.error_ratio').length).toBe(3)
  })

  it('of no window that never came', () => {
    const plan = planOf({ faults: [faultOf()] })
    const timeline = timelineOf(plan).filter(([, kind]) => kind !== 'injection')
    const rows = measurementRows(new RunView(readGenerated(calmRun({ plan, timeline }))))
    expect([...new Set(rows.map(({ window }) => window))].sort()).toEqual(['run', 'steady', 'steady.clear'])
  })

  it('of nothing that this target never tells', () => {
    const { pool: _, ...run } = calmRun({ plan: planOf({ observe: { ...planOf().observe, pool: null } }) })
    const rows = measurementRows(new RunView(readGenerated(run)))
    expect(rows.filter(({ id }) => id.startsWith('pool.')).map(({ id }) => id)).toEqual([])
  })

  it('of a leak once, for the whole run', () => {
    const rows = measurementRows(viewOf(calls({})))
    expect(rows.filter(({ id }) => id === 'pool.leaked').map(({ window }) => window)).toEqual(['run'])
  })
})
