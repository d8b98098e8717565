import type { ComparedDifference, ComparisonRow, ComparisonVerdict, ForeignDifference } from '../domain/comparison.ts'
import type { Unit } from '../domain/verdict.ts'
import type { ViewedRun } from './drawn-sides.ts'
import { digits, listed, spoken } from './wording.ts'

/** A difference of shares is in percentage points, as a share of 1 % may rise by 1 %, too. Never with a sign. */
export function spokenDifference(value: number, unit: Unit): string {
  const size = Math.abs(value)
  if (!Number.isFinite(size)) return 'any size'
  return unit === 'ratio' ? `${digits(size * 100)} percentage points` : spoken(size, unit)
}

/** Why a row's verdict is what it is, in one sentence. */
export function rowWords(
  { unit, minimumEffect, better }: Pick<ComparisonRow, 'unit' | 'minimumEffect' | 'better'>,
  { value, detectable }: ComparedDifference,
  verdict: ComparisonVerdict,
): string {
  const size = Number.isFinite(value) ? spokenDifference(value, unit) : 'no end any more'
  const least = spokenDifference(minimumEffect, unit)
  const way = value > 0 ? 'higher' : 'lower'
  const seen = Number.isFinite(detectable)
    ? `a change of ${spokenDifference(detectable, unit)} would have been called in 4 of 5 such comparisons`
    : 'no change, however large, would have been called'
  switch (verdict) {
    case 'regression':
    case 'improvement': {
      const judged = value > 0 === (better === 'lower') ? 'worse' : 'better'
      return `${way} by ${size}, which is ${judged}: hardly by chance, and more than the ${least} that count`
    }
    case 'no_difference_shown':
      return seen
    case 'too_little_evidence':
      return `only this is sure: ${seen}`
  }
}

interface Outcome {
  readonly verdict: ComparisonVerdict
  readonly rows: readonly ComparisonRow[]
  readonly foreign: readonly ForeignDifference[]
}

/** So many rows are named in the sentence; the rest is counted. */
const namedMax = 4

/** One sentence on the whole. */
export function summaryOf({ verdict, rows, foreign }: Outcome): string {
  const forced = foreign.length === 0 ? '' : ' Between unlike environments, by force: what differs may be theirs.'
  return `${sentence(verdict, rows)}${forced}`
}

function sentence(verdict: ComparisonVerdict, rows: readonly ComparisonRow[]): string {
  const of = (wanted: ComparisonVerdict) => rows.filter((row) => row.verdict === wanted)
  const named = (some: readonly ComparisonRow[]) => {
    const names = some.slice(0, namedMax).map(({ measure, window }) => `${measure} (${window})`)
    return listed(some.length > namedMax ? [...names, `${some.length - namedMax} more`] : names)
  }
  switch (verdict) {
    case 'regression': {
      const better = of('improvement').length
      const also = better === 0 ? '' : ` ${better} ${better === 1 ? 'is' : 'are'} better.`
      return `Head is worse in ${of('regression').length} of ${rows.length}: ${named(of('regression'))}.${also}`
    }
    case 'improvement':
      return `Head is better in ${of('improvement').length} of ${rows.length} (${named(of('improvement'))}), and worse in none.`
    case 'too_little_evidence': {
      const open = of('too_little_evidence').filter(({ isKey }) => isKey)
      return open.length === 0
        ? 'Nothing could be compared that a verdict could rest on: no calm stretch of a judged phase is in all runs.'
        : `No regression was found, and none could be ruled out: too little evidence on ${named(open)}.`
    }
    case 'no_difference_shown':
      return 'No difference was shown; each row says how large a change would have been called.'
  }
}

/** What limits what can be said. */
export function notesOf(
  base: readonly ViewedRun[],
  head: readonly ViewedRun[],
  runsForUnit: number,
): readonly string[] {
  const fewest = Math.min(base.length, head.length)
  const notes: string[] = []
  if (fewest === 1)
    notes.push(
      'One run a side: what differs from run to run of the very same cannot be told from a change. Repeat them in turn (--repeat 4 --interleave) before you act on it.',
    )
  else if (fewest < runsForUnit)
    notes.push(`Fewer than ${runsForUnit} runs a side: how much runs differ by themselves is known only roughly.`)
  if (!isInterleaved(base, head)) notes.push(inBlocks)
  const versions = new Set([...base, ...head].map(({ view }) => view.folder.run.versions.squall))
  if (versions.size > 1) notes.push(`Recorded by several versions of Squall: ${[...versions].join(', ')}.`)
  return notes
}

const inBlocks =
  'All runs of one side came before those of the other: a machine that changed in between is not told from a change of the system.'

/** Whether each side began before the other had ended. One run a side cannot, which is told by itself. */
function isInterleaved(base: readonly ViewedRun[], head: readonly ViewedRun[]): boolean {
  if (base.length < 2 || head.length < 2) return true
  const times = (runs: readonly ViewedRun[]) => runs.map(({ view }) => Date.parse(view.folder.run.startedAt))
  const [ofBase, ofHead] = [times(base), times(head)]
  return Math.min(...ofBase) < Math.max(...ofHead) && Math.min(...ofHead) < Math.max(...ofBase)
}
