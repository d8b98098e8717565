import type { Finding, Verdict } from '../domain/verdict.ts'
import type { RunView } from '../measure/run-view.ts'
import { spokenBound, spokenMeasured } from './wording.ts'

/** One sentence for whoever answers for recovery: how long, how much, and whether that is within what was promised. */
export function drillPassed(view: RunView, findings: readonly Finding[]): string {
  const said = [
    spoken(findings, 'recovery.rto_sustained', 'works again after'),
    spoken(findings, 'restore.duration', 'restored after'),
    spoken(findings, 'restore.duration_at_size', 'at the size of production restored after'),
    spoken(findings, 'data.rpo', 'lost of the past'),
    spoken(findings, 'data.lost_writes', 'acknowledged writes lost:'),
  ].filter((part) => part !== null)
  const what = said.length === 0 ? 'all that it bounds is kept' : said.join('; ')
  return `The drill ${view.plan.drill?.name ?? ''} holds: ${what}.`
}

/** What a failed or inconclusive drill means, before what is missing. */
export function drillOpening(view: RunView, verdict: Exclude<Verdict, 'pass'>): string {
  const name = view.plan.drill?.name ?? ''
  return verdict === 'fail' ? `The drill ${name} fails` : `The drill ${name} is inconclusive, and proves nothing`
}

function spoken(findings: readonly Finding[], measure: string, words: string): string | null {
  const finding = findings.find((one) => one.measure === measure && one.measured.kind !== 'none')
  if (finding === undefined) return null
  const bound = finding.judged ? ` (${spokenBound(finding.bound)} is wanted)` : ''
  return `${words} ${spokenMeasured(finding.measured)}${bound}`
}
