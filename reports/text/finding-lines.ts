import type { Bound, Finding, Measured, Report, Verdict } from '../../src/domain/verdict.ts'
import { cut } from './foreign.ts'
import { quantity, range, roundQuantity } from './numbers.ts'
import { measureName, reasonWords } from './words.ts'

const digitsMost = 6

/** `at most 5 s`, `at least 99 %`, `must be no`. */
export function boundText(bound: Bound): string {
  const parts: string[] = []
  if (bound.min !== undefined) parts.push(`at least ${roundQuantity(bound.min, bound.unit)}`)
  if (bound.max !== undefined) parts.push(`at most ${roundQuantity(bound.max, bound.unit)}`)
  if (bound.is !== undefined) parts.push(`must be ${roundQuantity(bound.is, 'bool')}`)
  return parts.length === 0 ? 'no bound' : parts.join(' and ')
}

/** The bound's numbers alone. */
function limitsText(bound: Bound): string {
  const limits = [bound.min, bound.max].filter((limit) => limit !== undefined)
  return limits.map((limit) => roundQuantity(limit, bound.unit)).join(' and ')
}

/** What was measured, without its interval. */
export function measuredText(measured: Measured, digits = 3): string {
  if (measured.kind === 'value') return quantity(measured.value, measured.unit, digits)
  if (measured.kind === 'atLeast') return `at least ${quantity(measured.value, measured.unit, digits)}`
  return `not measured: ${reasonWords[measured.reason] ?? cut(measured.reason)}`
}

/** The interval in words; null when there is none or it is the point itself. */
export function intervalText(measured: Measured, digits = 3): string | null {
  if (measured.kind !== 'value' || measured.interval === null) return null
  const { low, high } = measured.interval
  return low === measured.value && high === measured.value ? null : range(low, high, measured.unit, digits)
}

/** Enough digits that rounding does not make a measured value look equal to a bound that it is not equal to. */
export function digitsToTellApart(measured: Measured, bound: Bound): number {
  const limit = bound.max ?? bound.min
  if (measured.kind === 'none' || typeof measured.value === 'boolean' || limit === undefined) return 3
  for (let digits = 3; digits < digitsMost; digits++) {
    if (measured.value === limit) return digits
    if (quantity(measured.value, measured.unit, digits) !== quantity(limit, bound.unit, digits)) return digits
  }
  return digitsMost
}

/** The bound as it follows a measured value: `allowed at most 5 s`, `needed at least 99 %`, `must be no`. */
function allowed(bound: Bound): string {
  if (bound.is !== undefined) return boundText(bound)
  return `${bound.max === undefined ? 'needed' : 'allowed'} ${boundText(bound)}`
}

/** The comparison, worded by what it proves: `18.5 s, allowed at most 5 s`, `inconclusive: 226–309 ms against 300 ms`. */
export function comparison(finding: Finding): string {
  const { measured, bound } = finding
  const digits = digitsToTellApart(measured, bound)
  if (finding.verdict === 'unknown' && finding.reason === 'interval_crosses_bound') {
    const interval = intervalText(measured, digits)
    if (interval !== null) return `inconclusive: ${interval} against ${limitsText(bound)}`
  }
  if (measured.kind === 'none') return `${measuredText(measured, digits)}; ${allowed(bound)}`
  const against = `${measuredText(measured, digits)}, ${allowed(bound)}`
  return finding.verdict === 'unknown' ? `${against}; ${reasonWords[finding.reason] ?? cut(finding.reason)}` : against
}

/** What the finding is about: `p95 latency of get_customer in slow-db`, cleaned and cut. */
export function subject(finding: Finding): string {
  const tool = finding.where?.tool === undefined ? '' : ` of ${cut(finding.where.tool)}`
  return `${cut(measureName(finding.measure))}${tool} in ${cut(finding.window)}`
}

const rank: Readonly<Record<Verdict, number>> = { fail: 0, unknown: 1, pass: 2 }

/** How far beyond its bound, as a factor; what has no end or no number comes first among the missed. */
function excess(finding: Finding): number {
  const { measured, bound } = finding
  if (measured.kind !== 'value' || typeof measured.value === 'boolean') return Number.POSITIVE_INFINITY
  if (bound.max !== undefined && bound.max > 0) return measured.value / bound.max
  if (bound.min !== undefined && measured.value > 0) return bound.min / measured.value
  return Number.POSITIVE_INFINITY
}

/** Worst first: missed, unknown, met; among equals the farther beyond its bound, then the plan's order. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const indexed = findings.map((finding, index) => ({ finding, index, excess: excess(finding) }))
  indexed.sort((a, b) => {
    const byVerdict = rank[a.finding.verdict] - rank[b.finding.verdict]
    if (byVerdict !== 0) return byVerdict
    if (a.excess !== b.excess) return a.excess > b.excess ? -1 : 1
    return a.index - b.index
  })
  return indexed.map((entry) => entry.finding)
}

export interface Counts {
  readonly met: number
  readonly missed: number
  readonly unknown: number
  readonly notAssessed: number
}

/** Of what counts in the verdict; information is left out. */
export function counts(report: Report): Counts {
  const judged = report.findings.filter((finding) => finding.judged)
  const of = (verdict: Verdict) => judged.filter((finding) => finding.verdict === verdict).length
  return { met: of('pass'), missed: of('fail'), unknown: of('unknown'), notAssessed: report.notAssessed.length }
}
