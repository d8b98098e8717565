import type { PoolRow } from '../record/reader-rows.ts'
import { databaseOf, derivedLacks, isDerived, metricsLine, poolMaxOfPlan } from './own-sessions.ts'
import type { RunView } from './run-view.ts'

/** Columns of the pool stream that a measure may need; one is enough of those in an inner list. */
type PoolColumn = keyof Omit<PoolRow, 'tUs' | 'tookUs' | 'error'>

const mapLine = 'observe.pool.map names the metric that holds it'

/**
 * Why the target can never tell what these columns hold: the pool is not observed, or answered the whole run without
 * them. A sampler that never answered is another matter, as is one whose stream was cut: that is missing evidence, so
 * null.
 */
export function poolLacks(columns: readonly PoolColumn[]): (view: RunView) => string | null {
  return (view) => {
    if (view.plan.observe.pool === null) return `nobody tells it of the pool: ${metricsLine(view)}`
    const answered = view.poolRows.filter((row) => row.error === null)
    if (answered.length === 0 || isCut(view)) return null
    const missing = columns.filter((column) => answered.every((row) => row[column] === null))
    return missing.length === 0 ? null : `the system does not tell ${missing.join(', ')} of its pool: ${mapLine}`
  }
}

function isCut({ folder }: RunView): boolean {
  return folder.pool !== null && folder.pool.state.cut !== null
}

/** The same of a measure that can be derived from the sessions at the database where nobody tells of the pool. */
export function poolOrSessionsLack(
  columns: readonly PoolColumn[],
  needsMax: boolean,
): (view: RunView) => string | null {
  return (view) => {
    if (!isDerived(view)) return poolLacks(columns)(view)
    if (needsMax && poolMaxOfPlan(view) === null)
      return `nobody tells how many connections the server may open: stack.nodes.${databaseOf(view)?.id}.own: {max: …}, or ${metricsLine(view)}`
    return derivedLacks(view)
  }
}

/** The pool's size: the last one told. null: never told. */
export function poolMax(rows: readonly PoolRow[]): number | null {
  return rows.findLast((row) => row.max !== null)?.max ?? null
}

/** All that the instances together may open; null: one never told. */
export function poolsMax(pools: readonly { readonly rows: readonly PoolRow[] }[]): number | null {
  return pools.reduce<number | null>((sum, { rows }) => {
    const max = poolMax(rows)
    return sum === null || max === null ? null : sum + max
  }, 0)
}
