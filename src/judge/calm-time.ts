import type { ComparisonRow } from '../domain/comparison.ts'
import type { Span } from '../domain/time.ts'
import { comparedMeasures } from '../measure/compared.ts'
import type { MissingRow, ViewedRun } from './drawn-sides.ts'
import { spoken } from './wording.ts'

/**
 * Of the calm time of one side, how much the other must at least have. A p95 rests on one call in twenty: where a fifth
 * of the time is missing, four times as many calls, and likely the slow ones, are taken out of it. Recoveries of the
 * very same end seconds apart, which is less.
 */
const calmRatioMin = 0.8

/** A calm stretch that a run has and another has lost to a recovery without end: its key rows, without evidence. */
export function missingCalm(runs: readonly ViewedRun[]): readonly MissingRow[] {
  const calm = runs.flatMap(({ view }) =>
    view.windows.filter(({ kind, judged, spans }) => kind === 'clear' && judged && spans.length > 0),
  )
  return [...new Map(calm.map((window) => [window.id, window]))].flatMap(([id, window]) => {
    const without = runs.find(({ view }) => view.window(id)?.spans.length === 0)
    if (without === undefined) return []
    const why = `${without.folder}: no time of it is clear`
    return comparedMeasures.filter(({ isKey }) => isKey).map((measure) => ({ measure, window, why }))
  })
}

/**
 * A key row, as far as it holds where one side has much less calm time: slow seconds that one side alone counts to a
 * recovery are missing from its calm ones. What is slower even without them is slower.
 */
export function withCalmTime(
  row: ComparisonRow,
  base: readonly ViewedRun[],
  head: readonly ViewedRun[],
): ComparisonRow {
  if (!row.isKey || row.difference === null) return row
  const [ofBase, ofHead] = [meanMs(base, row.window), meanMs(head, row.window)]
  if (Math.min(ofBase, ofHead) >= calmRatioMin * Math.max(ofBase, ofHead)) return row
  if (row.verdict === 'regression' && ofHead < ofBase) return row
  const times = `${spoken(ofHead, 'ms')} of it are clear in head, ${spoken(ofBase, 'ms')} in base`
  return { ...row, verdict: 'too_little_evidence', why: `${times}: they are not of the same time` }
}

/** Of the window, in a run of that side. */
function meanMs(side: readonly ViewedRun[], windowId: string): number {
  const spans = side.flatMap(({ view }): readonly Span[] => view.window(windowId)?.spans ?? [])
  return spans.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / 1_000 / side.length
}
