import {
  type Comparison,
  type ComparisonRow,
  type ComparisonVerdict,
  comparisonVerdicts,
  type EffectLimits,
  type ForeignDifference,
} from '../domain/comparison.ts'
import { comparedMeasures, comparedWindows } from '../measure/compared.ts'
import { wholeRunsMin } from '../measure/difference/whole-runs.ts'
import type { RunView } from '../measure/run-view.ts'
import { missingCalm, withCalmTime } from './calm-time.ts'
import { defaultLimits, judgeDifference, minimumEffect } from './comparison-limits.ts'
import { notesOf, rowWords, summaryOf } from './comparison-wording.ts'
import { type DrawnRow, drawRow, type MissingRow, type ViewedRun } from './drawn-sides.ts'
import { environmentHash } from './foreign.ts'
import { withOpenEnds } from './open-ends.ts'
import { blockDifferences, type NoDifference, type RowDifference, wholeRunsDifferences } from './row-differences.ts'

export interface ComparisonSpec {
  /** At least one each. */
  readonly base: readonly ViewedRun[]
  readonly head: readonly ViewedRun[]
  /** What the caller was told of, and went on. */
  readonly foreign: readonly ForeignDifference[]
  /** Those that are not given are the usual ones. */
  readonly limits: Partial<EffectLimits>
}

/** Of the error that all rows may make, what those of calm stretches take: there one looks for regressions first. */
const calmShare = 0.8
/** Of the permutations, where there are too many to take them all: the same runs give the same numbers. */
const seed = 1

/** What differs between base and head, and how sure that is. Pure. */
export function compareRuns({ base, head, foreign, limits: given }: ComparisonSpec): Comparison {
  const fewest = Math.min(base.length, head.length)
  const limits = { ...defaultLimits(fewest, wholeRunsMin), ...given }
  const { common, leftOut } = windowsOf([...base, ...head].map(({ view }) => view))
  const drawn = common.flatMap((window) =>
    comparedMeasures.flatMap((measure) => drawRow(measure, window, base, head) ?? []),
  )
  const found = drawn.filter((row): row is DrawnRow => !('why' in row))
  const differences = fewest >= wholeRunsMin ? byRuns(found, base, limits) : byBlocks(found)
  const rows = [...drawn, ...missingCalm([...base, ...head])].map((row) => {
    if ('why' in row) return rowOf(row, row, limits)
    const difference = differences[found.indexOf(row)] ?? { ...row, why: 'nothing was computed' }
    return withCalmTime(withOpenEnds(row, rowOf(row, difference, limits)), base, head)
  })
  const verdict = verdictOf(rows)
  const outcome = { verdict, rows, foreign, limits }
  return {
    schemaVersion: 1,
    verdict,
    exitCode: exitCodes[verdict],
    summary: summaryOf(outcome),
    base: sideOf(base),
    head: sideOf(head),
    foreign,
    notes: notesOf(base, head, wholeRunsMin),
    rows,
    windowsLeftOut: leftOut,
    limits,
  }
}

const exitCodes: Readonly<Record<ComparisonVerdict, number>> = {
  regression: 1,
  too_little_evidence: 2,
  improvement: 0,
  no_difference_shown: 0,
}

/** By blocks of time: rows of calm windows share most of the error, those of faults the rest. */
function byBlocks(rows: readonly DrawnRow[]): readonly (RowDifference | NoDifference)[] {
  const isCalm = ({ window }: DrawnRow) => window.kind === 'clear'
  const calm = rows.filter(isCalm).length
  const others = rows.length - calm
  const weightOf = (row: DrawnRow) => (isCalm(row) ? calmShare / calm : (1 - calmShare) / others)
  return blockDifferences(rows.map((row) => ({ row, weight: weightOf(row) })))
}

function byRuns(rows: readonly DrawnRow[], base: readonly ViewedRun[], limits: EffectLimits) {
  const longestMs = base[0]?.view.plan.load.callTimeoutMs ?? Number.POSITIVE_INFINITY
  const all = rows.map((row) => ({
    row,
    longestMs: row.measure.unit === 'ms' ? longestMs : Number.POSITIVE_INFINITY,
    minimumEffect: (value: number) => minimumEffect(row.measure.effect, value, limits),
  }))
  return wholeRunsDifferences(all, seed)
}

/** Windows with a length in every run; and the others. */
function windowsOf(views: readonly RunView[]): {
  readonly common: readonly string[]
  readonly leftOut: readonly string[]
} {
  const own = views.map((view) =>
    view.windows
      .filter(({ kind, judged, spans }) => comparedWindows.includes(kind) && judged && spans.length > 0)
      .map(({ id }) => id),
  )
  const all = [...new Set(own.flat())]
  const isCommon = (id: string) => own.every((ids) => ids.includes(id))
  return { common: all.filter(isCommon), leftOut: all.filter((id) => !isCommon(id)) }
}

function rowOf(
  { measure, window }: DrawnRow | MissingRow,
  found: RowDifference | NoDifference | MissingRow,
  limits: EffectLimits,
): ComparisonRow {
  const { id, unit, better, effect } = measure
  // Only where users wait for it, and calls are many enough to tell.
  const isKey = measure.isKey && window.kind === 'clear'
  const base = 'base' in found ? found.base : null
  const head = 'head' in found ? found.head : null
  const least = minimumEffect(effect, base?.value ?? 0, limits)
  const common = { measure: id, window: window.id, unit, better, isKey, base, head, minimumEffect: least }
  if ('why' in found) {
    return { ...common, difference: null, verdict: 'too_little_evidence', why: found.why, method: 'none' }
  }
  const { value, interval, higherP, lowerP, method } = found
  const isHigherWorse = better === 'lower'
  const detectable = Math.max(least, found.detectable)
  const verdict = judgeDifference({
    worseBy: isHigherWorse ? value : -value,
    isClear: interval.low > 0 || interval.high < 0,
    worseP: isHigherWorse ? higherP : lowerP,
    betterP: isHigherWorse ? lowerP : higherP,
    detectable,
    minimumEffect: least,
  })
  const isRelative = effect !== 'errors' && effect !== 'pool' && found.base.value > 0
  const relative = isRelative ? value / found.base.value : null
  const difference = { value, interval, relative, p: value > 0 ? higherP : lowerP, detectable }
  return { ...common, difference, verdict, why: rowWords(common, difference, verdict), method }
}

/** The gravest of the rows; too little evidence counts where the row is a key one, or there is none at all. */
function verdictOf(rows: readonly ComparisonRow[]): ComparisonVerdict {
  const keys = rows.filter(({ isKey }) => isKey)
  if (keys.length === 0 && !rows.some(({ verdict }) => verdict === 'regression')) return 'too_little_evidence'
  const counting = rows.filter(({ isKey, verdict }) => isKey || verdict !== 'too_little_evidence')
  return comparisonVerdicts.find((verdict) => counting.some((row) => row.verdict === verdict)) ?? 'too_little_evidence'
}

function sideOf(runs: readonly ViewedRun[]): Comparison['base'] {
  return {
    plan: [...new Set(runs.map(({ view }) => view.plan.name))].join(', '),
    runs: runs.map(({ folder, view }) => ({ id: view.folder.run.id, folder, startedAt: view.folder.run.startedAt })),
    environment: [...new Set(runs.map(({ view }) => environmentHash(view.folder.run)))].join(', '),
  }
}
