import type { Interval } from '../../domain/verdict.ts'
import { there } from '../there.ts'
import { type BlockVariance, blocksMin, blockVariance } from './block-variance.ts'

/** What one side of a comparison says of a measure. */
export interface SideEstimate {
  readonly value: number
  /** From `c` standard errors below to `c` above; an end that the data do not bound is infinite. */
  readonly reach: (c: number) => Interval
  readonly df: number
  /** Independent stretches that it rests on. */
  readonly blocks: number
  /** Seconds. */
  readonly blockS: number
  /** Calls, samples: what was measured. */
  readonly samples: number
}

export interface NoEstimate {
  readonly why: string
}

/** One run's sums, second by second: what is measured is all of `parts` / all of `wholes`. */
export interface RatioCells {
  readonly parts: Float64Array
  readonly wholes: Float64Array
}

/** A mean of what each second adds, such as a rate: a ratio with its linearized variance (Kish, "Survey Sampling", 1965). */
export function meanOfSide(runs: readonly RatioCells[]): SideEstimate | NoEstimate {
  const total = totalOf(runs)
  if (total.wholes <= 0) return nothing
  const value = total.parts / total.wholes
  const blocks = blockVariance(residualsOf(runs, value))
  if (blocks === null) return tooShort
  const error = Math.sqrt(blocks.variance) / total.wholes
  const reach = (c: number): Interval => ({ low: value - c * error, high: value + c * error })
  return { value, reach, samples: total.wholes, ...stretches(blocks) }
}

/**
 * A share of calls: Wilson's score interval (1927) with as many calls as they are worth by their design effect (Korn &
 * Graubard, "Confidence intervals for proportions with small expected number of positive counts", 1998). A side on
 * which nothing was ever counted takes the other's design effect: errors come in bursts, whenever they come.
 */
export function shareOfSide(runs: readonly RatioCells[], other: readonly RatioCells[]): SideEstimate | NoEstimate {
  const own = clusteringOf(runs)
  if ('why' in own) return own
  const others = clusteringOf(other)
  const designEffect = Math.max(own.designEffect, 'why' in others ? 1 : others.designEffect)
  const { value, calls, blocks } = own
  const worth = calls / designEffect
  const reach = (c: number): Interval => {
    const middle = (value + (c * c) / (2 * worth)) / (1 + (c * c) / worth)
    const half = (c / (1 + (c * c) / worth)) * Math.sqrt((value * (1 - value)) / worth + (c * c) / (4 * worth * worth))
    return { low: Math.min(value, Math.max(0, middle - half)), high: Math.max(value, Math.min(1, middle + half)) }
  }
  return { value, reach, samples: calls, ...stretches(blocks) }
}

export const nothing: NoEstimate = { why: 'nothing was measured' }
export const tooShort: NoEstimate = { why: `the window has fewer than ${blocksMin} seconds` }

function stretches({ df, blocks, blockLength }: BlockVariance) {
  return { df, blocks, blockS: blockLength }
}

function clusteringOf(runs: readonly RatioCells[]) {
  const { parts, wholes } = totalOf(runs)
  if (wholes <= 0) return nothing
  const value = parts / wholes
  const blocks = blockVariance(residualsOf(runs, value))
  if (blocks === null) return tooShort
  const simple = wholes * value * (1 - value)
  return { value, calls: wholes, blocks, designEffect: simple > 0 ? Math.max(1, blocks.variance / simple) : 1 }
}

function totalOf(runs: readonly RatioCells[]): { readonly parts: number; readonly wholes: number } {
  const sum = (cells: Float64Array) => cells.reduce((total, cell) => total + cell, 0)
  return {
    parts: runs.reduce((total, { parts }) => total + sum(parts), 0),
    wholes: runs.reduce((total, { wholes }) => total + sum(wholes), 0),
  }
}

function residualsOf(runs: readonly RatioCells[], ratio: number): readonly Float64Array[] {
  return runs.map(({ parts, wholes }) => parts.map((part, at) => part - ratio * there(wholes[at])))
}
