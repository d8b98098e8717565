import type { Finding } from './verdict.ts'

/** What a drill promises: when it works again, how much is lost, and that what is there is right. */
export type PromiseKind = 'rto' | 'rpo' | 'integrity'

/** null: the measure is about something else. */
export function promiseOf(measure: string): PromiseKind | null {
  if (measure.startsWith('recovery.') || measure.startsWith('restore.duration')) return 'rto'
  if (/^data\.(rpo|rpo_worst_case|lost_writes)$/.test(measure)) return 'rpo'
  return measure.startsWith('data.') || measure.startsWith('restore.') ? 'integrity' : null
}

const gravity: readonly Finding['verdict'][] = ['fail', 'unknown', 'pass']

/** The finding that stands for a promise: of the judged ones the worst, else the first. undefined: there is none. */
export function promised(findings: readonly Finding[], kind: PromiseKind): Finding | undefined {
  const all = findings.filter(({ measure }) => promiseOf(measure) === kind)
  const judged = all.filter((finding) => finding.judged)
  const [worst] = judged.toSorted((a, b) => gravity.indexOf(a.verdict) - gravity.indexOf(b.verdict))
  return worst ?? all[0]
}
