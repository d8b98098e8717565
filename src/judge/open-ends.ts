import type { ComparisonRow } from '../domain/comparison.ts'
import type { Drawn } from '../measure/compared.ts'
import type { DrawnRow } from './drawn-sides.ts'

/**
 * A row, as far as it holds where runs tell a value only as "at least". Where one side alone has such runs and is
 * higher all the same, it differs by what was computed or more. In all other cases the true values may lie either way.
 */
export function withOpenEnds(drawn: DrawnRow, row: ComparisonRow): ComparisonRow {
  const open = { base: openOf(drawn.base), head: openOf(drawn.head) }
  if (open.base + open.head === 0) return row
  const sides = [
    ...(open.base > 0 ? [`${open.base} of ${drawn.base.length} runs of base`] : []),
    ...(open.head > 0 ? [`${open.head} of ${drawn.head.length}${open.base > 0 ? '' : ' runs'} of head`] : []),
  ]
  const told = `in ${sides.join(' and ')} it is known only as "at least", as it was not over when observation ended`
  const { difference, verdict } = row
  const isCalled = verdict === 'regression' || verdict === 'improvement'
  if (difference !== null && isCalled && (difference.value > 0 ? open.base === 0 : open.head === 0)) {
    const { low, high } = difference.interval
    const interval =
      difference.value > 0 ? { low, high: Number.POSITIVE_INFINITY } : { low: Number.NEGATIVE_INFINITY, high }
    return { ...row, difference: { ...difference, interval }, why: `${row.why}; ${told}: by so much or more` }
  }
  return {
    ...row,
    base: open.base > 0 ? null : row.base,
    head: open.head > 0 ? null : row.head,
    difference: null,
    verdict: 'too_little_evidence',
    why: difference === null ? `${row.why}; ${told}` : `${told}: what it is may lie either way`,
    method: 'none',
  }
}

function openOf(side: readonly Drawn[]): number {
  return side.filter((drawn) => drawn.kind === 'one' && drawn.isAtLeast === true).length
}
