import type { Finding, NotAssessed, ReasonCode, Report, Verdict } from '../domain/verdict.ts'
import { poolsMax } from '../measure/pool-readings.ts'
import { measureById } from '../measure/registry.ts'
import type { RunView } from '../measure/run-view.ts'
import { drillOpening, drillPassed } from './drill-summary.ts'
import { connectionsNeeded } from './hints.ts'
import { digits, listed, spokenBound, spokenMeasured } from './wording.ts'

/** So many findings are named in the sentence; the rest is counted. */
const namedMax = 3

/** One sentence for someone who has to decide: may we launch, and if not, what must change. */
export function summaryOf(
  view: RunView,
  verdict: Verdict,
  findings: readonly Finding[],
  notAssessed: readonly NotAssessed[],
  load: Report['load'],
): string {
  const judged = findings.filter((finding) => finding.judged)
  if (verdict === 'fail') return failSentence(view, judged)
  if (verdict === 'unknown') return unknownSentence(view, judged)
  if (view.plan.drill) return drillPassed(view, findings)
  const users = load.usersPeak === null ? '' : ` with ${digits(load.usersPeak)} users`
  const rate = load.callsPerS === null ? '' : ` at ${digits(load.callsPerS)} calls/s`
  const left = notAssessed.length === 0 ? '' : `; ${notAssessed.length} could not be assessed`
  return `Launch criteria met${users}${rate}: all ${judged.length} findings are within their bounds${left}.`
}

function failSentence(view: RunView, judged: readonly Finding[]): string {
  const failed = judged.filter((finding) => finding.verdict === 'fail')
  const named = failed.slice(0, namedMax).map(spokenFinding)
  const more = failed.length > namedMax ? [`${failed.length - namedMax} more`] : []
  const opening = view.plan.drill ? drillOpening(view, 'fail') : 'Do not launch'
  return `${opening}: ${listed([...named, ...more])}${change(view, failed)}.`
}

/** Reasons whose own sentence says more than a number beside its bound. */
const saysItself: ReadonlySet<ReasonCode> = new Set(['unplanned_exit', 'constant_answers', 'idle_database'])

function spokenFinding(finding: Finding): string {
  if (saysItself.has(finding.reason)) return lowered(finding.why.replace(/\.$/, ''))
  const title = measureById(finding.measure)?.title ?? finding.measure
  const of = finding.where?.tool === undefined ? '' : ` of ${finding.where.tool}`
  if (finding.measured.unit === 'bool') {
    return `${lowered(title)} during ${finding.window}: ${spokenMeasured(finding.measured)}`
  }
  return `${lowered(title)} during ${finding.window}${of} was ${spokenMeasured(finding.measured)} where ${spokenBound(finding.bound)} is wanted`
}

/** What must change, as far as the run's own data tell. */
function change(view: RunView, failed: readonly Finding[]): string {
  const needs = [...new Set(failed.map((finding) => finding.window))].flatMap((id) => {
    const window = view.window(id)
    const onPool = failed.some(
      (finding) => finding.window === id && (finding.hint ?? '').startsWith('Points at the pool'),
    )
    const need = window === null || !onPool ? null : connectionsNeeded(view, window)
    return need === null ? [] : [need.connections]
  })
  const max = poolsMax(view.pools)
  const connections = Math.max(0, ...needs)
  if (max !== null && connections > max) {
    return `; the pool of ${max} must grow to more than ${connections} connections, or calls must hold them for a shorter time`
  }
  if (needs.length > 0 || failed.some((finding) => finding.measure === 'pool.exhausted')) {
    return '; the pool must grow, or calls must hold its connections for a shorter time'
  }
  return ''
}

function unknownSentence(view: RunView, judged: readonly Finding[]): string {
  const unsure = judged.filter((finding) => finding.verdict === 'unknown')
  const [first] = unsure
  const opening = view.plan.drill ? drillOpening(view, 'unknown') : 'Inconclusive, which is no permission to launch'
  if (first === undefined && view.end.reason !== 'planned') {
    return `${opening}: the run did not end as planned (${view.end.reason}).`
  }
  if (first === undefined) return 'Inconclusive: no objective of the plan could be assessed, so nothing is known.'
  const more = unsure.length > 1 ? ` (and ${unsure.length - 1} more)` : ''
  return `${opening}: ${lowered(first.why.replace(/\.$/, ''))}${more}.`
}

/** A capital of its own, such as in "p95" or "PostgreSQL", stays inside; only the sentence's first letter goes. */
function lowered(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1)
}
