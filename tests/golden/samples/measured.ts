import { isGood } from '../../../src/domain/outcome.ts'
import type { Span } from '../../../src/domain/time.ts'
import { contains } from '../../../src/domain/time.ts'
import type {
  Bound,
  Evidence,
  Finding,
  Measured,
  MeasurementRow,
  ReasonCode,
  ToolRow,
  Verdict,
  Window,
} from '../../../src/domain/verdict.ts'
import { quantileMs, type SampleCall } from './calls.ts'

const callTimeoutMs = 35_000
/** The sample's stand-in for a real interval: enough to draw and to word one. */
const intervalShare = 0.04

const rounded = (value: number) => Number(value.toPrecision(6))

export function latencyIn(calls: readonly SampleCall[], q: number): Measured {
  const base = { unit: 'ms' as const, sampleCount: calls.length, method: 'order statistics in blocks of 1 s' }
  const needed = Math.ceil(Math.log(0.05) / Math.log(q))
  if (calls.length < needed) {
    const why = `${calls.length} calls are too few for it: ${needed} are needed`
    return { ...base, kind: 'none', value: null, interval: null, reason: 'too_few_samples', why }
  }
  const value = quantileMs(calls, q)
  if (value === null) return { ...base, kind: 'atLeast', value: callTimeoutMs, interval: null }
  const interval = { low: rounded(value * (1 - intervalShare)), high: rounded(value * (1 + intervalShare)) }
  return { ...base, kind: 'value', value: rounded(value), interval }
}

export function errorRatio(calls: readonly SampleCall[]): Measured {
  const bad = calls.filter((call) => !isGood(call.outcome)).length
  const value = rounded(bad / Math.max(1, calls.length))
  const interval = { low: value, high: value }
  return { kind: 'value', value, unit: 'ratio', sampleCount: calls.length, method: 'count', interval }
}

export function counted(value: number, unit: 'count' | 'ratio' | 's' = 'count', sampleCount = 480): Measured {
  const method = unit === 's' ? 'seconds from heal verified' : 'sampled every 250 ms, with marks'
  return { kind: 'value', value, unit, sampleCount, method, interval: { low: value, high: value } }
}

export function yesNo(value: boolean): Measured {
  return { kind: 'value', value, unit: 'bool', sampleCount: 480, method: 'counters of the pool', interval: null }
}

export function notMeasured(reason: ReasonCode, why: string, unit: Measured['unit']): Measured {
  return { kind: 'none', value: null, unit, sampleCount: 0, method: 'none', interval: null, reason, why }
}

/** The same three-valued rule as the judge's, in small; samples must not contradict themselves. */
function judge(measured: Measured, bound: Bound): [Verdict, ReasonCode] {
  if (measured.kind === 'none') return ['unknown', measured.reason]
  if (bound.is !== undefined) return measured.value === bound.is ? ['pass', 'within_bound'] : ['fail', 'beyond_bound']
  const max = bound.max ?? Number.POSITIVE_INFINITY
  const min = bound.min ?? Number.NEGATIVE_INFINITY
  if (measured.kind === 'atLeast')
    return measured.value >= max ? ['fail', 'beyond_bound'] : ['unknown', 'not_over_by_horizon']
  const low = measured.interval?.low ?? Number(measured.value)
  const high = measured.interval?.high ?? Number(measured.value)
  if (low > max || high < min) return ['fail', 'beyond_bound']
  if (high <= max && low >= min) return ['pass', 'within_bound']
  return ['unknown', 'interval_crosses_bound']
}

/** Made-up files with digests that are visibly so. */
export function evidenceOf(...files: readonly string[]): Evidence[] {
  return files.map((file) => ({ file, sha256: Buffer.from(file.padEnd(32, '.')).toString('hex').slice(0, 64) }))
}

export function finding(
  id: string,
  measure: string,
  window: string,
  measured: Measured,
  bound: Bound,
  why: string,
  more: Partial<Pick<Finding, 'judged' | 'where' | 'evidence'>> = {},
): Finding {
  const [verdict, reason] = judge(measured, bound)
  const evidence = evidenceOf('calls/k6-1.ndjson', 'timeline.ndjson')
  return { id, measure, window, verdict, reason, measured, bound, why, judged: true, where: null, evidence, ...more }
}

export function row(id: string, window: string, measured: Measured): MeasurementRow {
  const { kind, value, unit, sampleCount, method, interval } = measured
  return { id, window, kind, value, unit, sampleCount, method, interval }
}

export function callsIn(calls: readonly SampleCall[], spans: readonly Span[]): SampleCall[] {
  return calls.filter((call) => spans.some((span) => contains(span, call.intendedUs)))
}

/** What measure/ would say of the calls in each window. */
export function measurementsOf(calls: readonly SampleCall[], windows: readonly Window[]): MeasurementRow[] {
  return windows.flatMap(({ id, spans }) => {
    const inside = callsIn(calls, spans)
    return [
      row('tool.latency.p50', id, latencyIn(inside, 0.5)),
      row('tool.latency.p95', id, latencyIn(inside, 0.95)),
      row('tool.latency.p99', id, latencyIn(inside, 0.99)),
      row('tool.error_ratio', id, errorRatio(inside)),
    ]
  })
}

export function toolRows(calls: readonly SampleCall[], tools: readonly string[]): ToolRow[] {
  return tools.map((tool) => {
    const own = calls.filter((call) => call.tool === tool)
    const errors: Record<string, number> = {}
    for (const { outcome } of own) if (!isGood(outcome)) errors[outcome] = (errors[outcome] ?? 0) + 1
    const bad = Object.values(errors).reduce((sum, count) => sum + count, 0)
    return {
      tool,
      calls: own.length,
      goodRatio: own.length === 0 ? null : rounded(1 - bad / own.length),
      errors,
      p50Ms: latencyIn(own, 0.5),
      p95Ms: latencyIn(own, 0.95),
      p99Ms: latencyIn(own, 0.99),
      maxMs: longest(own),
    }
  })
}

function longest(calls: readonly SampleCall[]): Measured {
  const base = { unit: 'ms' as const, sampleCount: calls.length, method: 'count' }
  if (calls.length === 0) {
    return { ...base, kind: 'none', value: null, interval: null, reason: 'no_samples', why: 'it was not called' }
  }
  if (calls.some((call) => !isGood(call.outcome)))
    return { ...base, kind: 'atLeast', value: callTimeoutMs, interval: null }
  const value = rounded(Math.max(...calls.map((call) => call.latencyMs)))
  return { ...base, kind: 'value', value, interval: { low: value, high: value } }
}
