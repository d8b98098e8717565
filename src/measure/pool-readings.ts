import type { PoolRow } from '../record/reader-rows.ts'
import type { RunView } from './run-view.ts'

/** Columns of the pool stream that a measure may need; one is enough of those in an inner list. */
type PoolColumn = keyof Omit<PoolRow, 'tUs' | 'tookUs' | 'error'>

const mapLine = 'observe.pool.map names the metric that holds it'

/**
 * Why the target can never tell what these columns hold: the pool is not observed, or answered the whole run without
 * them. A sampler that never answered is another matter: that is missing evidence, so null.
 */
export function poolLacks(columns: readonly PoolColumn[]): (view: RunView) => string | null {
  return (view) => {
    if (view.plan.observe.pool === null) return 'the pool is not observed: observe.pool names a node and its metrics'
    const answered = view.poolRows.filter((row) => row.error === null)
    if (answered.length === 0) return null
    const missing = columns.filter((column) => answered.every((row) => row[column] === null))
    return missing.length === 0 ? null : `the system does not tell ${missing.join(', ')} of its pool: ${mapLine}`
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
