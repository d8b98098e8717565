import { outcomes } from '../domain/outcome.ts'
import type { MeasurementRow, Report, ToolRow, Window } from '../domain/verdict.ts'
import { goodByCode } from '../measure/call-facts.ts'
import { latencyMaximum, latencyQuantile } from '../measure/call-quantiles.ts'
import { lateMs } from '../measure/gates.ts'
import { measure } from '../measure/measure-spec.ts'
import { measures } from '../measure/registry.ts'
import type { RunView } from '../measure/run-view.ts'
import { rounded, roundedMeasured } from './rounding.ts'

/** Kinds of errors that a report shows; the rest is counted. Everything is in the calls stream. */
const errorRowsMax = 20

/** Every measure of every window that has it, except error classes that never occurred. */
export function measurementRows(view: RunView): readonly MeasurementRow[] {
  return view.windows
    .filter((window) => window.judged && window.spans.length > 0)
    .flatMap((window) => measurementsOf(view, window))
}

function measurementsOf(view: RunView, window: Window): readonly MeasurementRow[] {
  const counts = view.calls(window).byOutcome
  return measures
    .filter((spec) => spec.windows.includes(window.kind) && (spec.lacking?.(view) ?? null) === null)
    .filter((spec) => spec.id !== 'pool.leaked' || window.kind === 'run')
    .filter((spec) => occurred(spec.id, counts))
    .map((spec) => {
      const { kind, value, unit, sampleCount, method, interval } = roundedMeasured(measure(view, spec, { window }))
      return { id: spec.id, window: window.id, kind, value, unit, sampleCount, method, interval }
    })
}

function occurred(id: string, counts: readonly number[]): boolean {
  const prefix = 'tool.error_ratio.'
  if (!id.startsWith(prefix)) return true
  return (counts[outcomes.findIndex((outcome) => id === prefix + outcome)] ?? 0) > 0
}

/** One row a tool that was called in the judged phases, by name. */
export function toolRows(view: RunView): readonly ToolRow[] {
  const run = view.window('run')
  const { table } = view
  if (run === null || table === null) return []
  const callTimeoutMs = view.plan.load.callTimeoutMs
  return [...table.tools].sort().flatMap((tool) => {
    const calls = view.calls(run, tool)
    if (calls.intended === 0) return []
    const good = calls.byOutcome.reduce((sum, count, code) => sum + (goodByCode[code] === true ? count : 0), 0)
    const errors = outcomes.flatMap((outcome, code) => {
      const count = calls.byOutcome[code] ?? 0
      return count > 0 && goodByCode[code] !== true ? [[outcome, count] as const] : []
    })
    const quantile = (p: number) => roundedMeasured(latencyQuantile(calls, p, callTimeoutMs))
    return {
      tool,
      calls: calls.intended,
      goodRatio: rounded(good / calls.intended, 'ratio'),
      errors: Object.fromEntries(errors),
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
      maxMs: roundedMeasured(latencyMaximum(calls, callTimeoutMs)),
    }
  })
}

/** Distinct error texts of the judged phases by outcome, most frequent first. */
export function errorTable(view: RunView): Report['errors'] {
  const run = view.window('run')
  if (run === null || view.table === null) return { rows: [], omitted: 0 }
  const calls = view.calls(run)
  const counts = new Map<number, number>()
  const kinds = calls.table.errors.length + 1
  for (const row of calls.rows) {
    const error = calls.table.error[row] ?? -1
    const code = calls.table.outcome[row] ?? 0
    if (error < 0 && goodByCode[code] === true) continue
    const key = code * kinds + error + 1
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const all = [...counts].map(([key, count]) => ({
    outcome: outcomes[Math.floor(key / kinds)] ?? '',
    text: calls.table.errors[(key % kinds) - 1] ?? '',
    calls: count,
  }))
  all.sort((a, b) => b.calls - a.calls || order(a.outcome, b.outcome) || order(a.text, b.text))
  return { rows: all.slice(0, errorRowsMax), omitted: Math.max(0, all.length - errorRowsMax) }
}

function order(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** What load there was in the judged phases. */
export function loadSummary(view: RunView): Report['load'] {
  const run = view.window('run')
  if (run === null || view.table === null) {
    return { callsIntended: 0, callsSent: 0, callsPerS: null, usersPeak: null, latePermille: null }
  }
  const calls = view.calls(run)
  const number = (id: string): number | null => {
    const spec = measures.find((candidate) => candidate.id === id)
    const measured = spec === undefined ? null : measure(view, spec, { window: run })
    return measured?.kind === 'value' && typeof measured.value === 'number'
      ? rounded(measured.value, measured.unit)
      : null
  }
  const { sent } = calls
  return {
    callsIntended: calls.intended,
    callsSent: sent,
    callsPerS: number('load.calls_per_s'),
    usersPeak: number('load.users.peak'),
    latePermille: sent === 0 ? null : rounded((1000 * calls.lateBy(lateMs)) / sent, 'ratio'),
  }
}
