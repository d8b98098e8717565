/** Fewer blocks than this tell too little of how much they vary: with 9 degrees of freedom t is already 2.26. */
export const blocksMin = 10
/** Lengths tried, in cells; no longer than leaves `blocksMin` blocks. */
const lengths = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128]
/** A series that stays alike for longer than this cannot be told from one with a drift. */
const correlationMax = 0.95
const dfMin = 3

export interface BlockVariance {
  /** Of the sum over all cells. */
  readonly variance: number
  readonly df: number
  readonly blocks: number
  /** In cells. */
  readonly blockLength: number
}

/**
 * The variance of the sum of residuals that follow one another in time and are alike while they are near. The unit is
 * a block of neighbours, and its length comes from the data: of all lengths, of a first-order autoregression, and of
 * whole runs where there are several, the largest variance counts, as a block that is too short makes it too small.
 *
 * Batch means: Conway, "Some tactical problems in digital simulation", 1963; with 10 to 30 of them: Schmeiser, "Batch
 * size effects in the analysis of simulation output", 1982. The autoregression's factor (1 + r) / (1 - r), with its
 * effective number of values: Bayley & Hammersley, "The effective number of independent observations in an
 * autocorrelated time series", 1946.
 *
 * @param runs residuals of each run, cell by cell; no block reaches from one run into another
 * @returns null: fewer than `blocksMin` cells
 */
export function blockVariance(runs: readonly Float64Array[]): BlockVariance | null {
  const candidates = [...lengths.flatMap((length) => batches(runs, length) ?? []), autoregression(runs)]
  const largest = candidates.reduce<BlockVariance | null>(
    (before, one) => (one === null || (before !== null && one.variance <= before.variance) ? before : one),
    null,
  )
  if (largest === null) return null
  // How much two or three runs differ is known too roughly to count for its degrees of freedom, but not for nothing.
  return { ...largest, variance: Math.max(largest.variance, wholeRuns(runs)) }
}

function wholeRuns(runs: readonly Float64Array[]): number {
  if (runs.length < 2) return 0
  const squares = runs.reduce((total, run) => total + run.reduce((sum, value) => sum + value, 0) ** 2, 0)
  return (squares * runs.length) / (runs.length - 1)
}

function batches(runs: readonly Float64Array[], length: number): BlockVariance | null {
  const sums: number[] = []
  let cells = 0
  for (const run of runs) {
    cells += run.length
    // What is left at the end lengthens the last block.
    const count = Math.floor(run.length / length)
    const first = sums.length
    run.forEach((value, at) => {
      const block = first + Math.min(count - 1, Math.floor(at / length))
      if (count > 0) sums[block] = (sums[block] ?? 0) + value
    })
  }
  const blocks = sums.length
  if (blocks < blocksMin) return null
  const squares = sums.reduce((total, sum) => total + sum * sum, 0)
  return { variance: (squares * blocks) / (blocks - 1), df: blocks - 1, blocks, blockLength: cells / blocks }
}

function autoregression(runs: readonly Float64Array[]): BlockVariance | null {
  const single = batches(runs, 1)
  if (single === null) return null
  let squares = 0
  let products = 0
  for (const run of runs) {
    let before = 0
    for (const value of run) {
      squares += value ** 2
      products += value * before
      before = value
    }
  }
  if (squares === 0) return null
  const cells = single.blocks
  const correlation = Math.min(correlationMax, Math.max(0, products / squares))
  const factor = (1 + correlation) / (1 - correlation)
  const effective = cells / factor
  return {
    variance: single.variance * factor,
    df: Math.max(dfMin, effective - 1),
    blocks: Math.max(2, Math.round(effective)),
    blockLength: factor,
  }
}
