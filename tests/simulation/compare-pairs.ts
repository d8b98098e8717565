import type { Comparison } from '../../src/domain/comparison.ts'
import { compareRuns } from '../../src/judge/compare-runs.ts'
import { viewedRun } from './compared-run.ts'
import type { LoadedShape } from './loaded-run.ts'

export interface PairsSpec {
  /** The first seed; each run takes one. */
  readonly from: number
  readonly pairs: number
  readonly base?: Partial<LoadedShape>
  readonly head?: Partial<LoadedShape>
  /** Of each side; one unless told. */
  readonly runs?: number
}

export interface Counted {
  readonly pairs: number
  readonly regressions: number
  /** Comparisons in which any row was called better; one of them may be inconclusive on another row. */
  readonly improvements: number
  readonly inconclusive: number
  /** How often each measure was called a regression. */
  readonly byMeasure: ReadonlyMap<string, number>
}

/** Compares so many simulated pairs (of one run a side, or of several), and counts what was called. */
export function comparePairs({ from, pairs, base, head, runs = 1 }: PairsSpec): Counted {
  const byMeasure = new Map<string, number>()
  let [regressions, improvements, inconclusive] = [0, 0, 0]
  for (let pair = 0; pair < pairs; pair++) {
    const first = from + 2 * runs * pair
    const side = (at: number, changes: Partial<LoadedShape> | undefined) =>
      Array.from({ length: runs }, (_, run) => viewedRun(first + runs * at + run, changes))
    const found: Comparison = compareRuns({ base: side(0, base), head: side(1, head), foreign: [], limits: {} })
    if (found.verdict === 'regression') regressions += 1
    if (found.verdict === 'too_little_evidence') inconclusive += 1
    if (found.rows.some(({ verdict }) => verdict === 'improvement')) improvements += 1
    for (const { measure, verdict } of found.rows)
      if (verdict === 'regression') byMeasure.set(measure, (byMeasure.get(measure) ?? 0) + 1)
  }
  return { pairs, regressions, improvements, inconclusive, byMeasure }
}
