import type { SideValue } from '../domain/comparison.ts'
import type { Interval } from '../domain/verdict.ts'
import type { Drawn } from '../measure/compared.ts'
import { adjustedP } from '../measure/difference/holm.ts'
import { type Difference, differenceOf } from '../measure/difference/pair.ts'
import { quantileShift, type ValueCells, valueSide } from '../measure/difference/quantile-shift.ts'
import { meanOfSide, type NoEstimate, type RatioCells, shareOfSide } from '../measure/difference/side.ts'
import { seededRandom, wholeRunDifferences } from '../measure/difference/whole-runs.ts'
import { errorRateMax } from './comparison-limits.ts'
import { type DrawnRow, numberOf, samplesOf } from './drawn-sides.ts'

/** What the statistics say of one row. */
export interface RowDifference {
  readonly base: SideValue
  readonly head: SideValue
  readonly value: number
  readonly interval: Interval
  /** One-sided, adjusted: that head is higher, or lower, by chance. */
  readonly higherP: number
  readonly lowerP: number
  readonly detectable: number
  readonly method: string
}

export interface NoDifference extends NoEstimate {
  readonly base: SideValue
  readonly head: SideValue
}

interface Weighted {
  readonly row: DrawnRow
  /** Its share of the error that all rows together may make. */
  readonly weight: number
}

/**
 * Where a quantile falls among calls without a good end it counts in the mean over runs as so many times the longest that
 * a call may take, or that one of the runs has, as one that began late may take longer: a failure is worse than any answer.
 */
const endlessTimes = 2

interface WholeRunsOf {
  readonly row: DrawnRow
  /** A call's, of one that did not wait for another of its user. Infinity: the measure is no time. */
  readonly longestMs: number
  readonly minimumEffect: (base: number) => number
}

/** By blocks of time within the runs; the runs of a side are taken together. */
export function blockDifferences(rows: readonly Weighted[]): readonly (RowDifference | NoDifference)[] {
  const single = rows.map(({ row }) => ({ ...sidesOf(row), found: blockDifference(row) }))
  const known = single.flatMap(({ found }, at) =>
    'why' in found ? [] : [{ at, found, weight: rows[at]?.weight ?? 0 }],
  )
  const all = known.reduce((sum, { weight }) => sum + weight, 0)
  const weights = known.map(({ weight }) => weight / all)
  const oneSided = ({ value, p }: Difference, higher: boolean) => (value > 0 === higher ? p / 2 : 1 - p / 2)
  const higher = adjustedP(
    known.map(({ found }) => oneSided(found, true)),
    weights,
  )
  const lower = adjustedP(
    known.map(({ found }) => oneSided(found, false)),
    weights,
  )
  const place = new Map(known.map(({ at }, order) => [at, order]))
  return single.map(({ base, head, found }, at): RowDifference | NoDifference => {
    if ('why' in found) return { base, head, why: found.why }
    const order = place.get(at) ?? -1
    const { value, interval, detectable, blocks, what } = found
    const alone = 2 * errorRateMax * (weights[order] ?? 0)
    return {
      base,
      head,
      value,
      interval,
      higherP: higher[order] ?? 1,
      lowerP: lower[order] ?? 1,
      detectable: detectable(alone),
      method: `${what}; ${blocks} independent stretches of time; p by Holm over ${known.length} differences`,
    }
  })
}

type Found = Difference & { readonly what: string; readonly blocks: string }

function blockDifference({ base, head }: DrawnRow): Found | NoEstimate {
  const [first] = base
  if (first === undefined || first.kind === 'one')
    return { why: 'it is one number a run, and so few runs do not show how it varies' }
  if (first.kind === 'values') {
    const found = quantileShift(valueSide(valueCells(base)), valueSide(valueCells(head)), first.p)
    if ('why' in found) return found
    const blocks = found.blocks.map((side) => side.blocks).join(' and ')
    return { ...found, what: 'share of calls above the common quantile, interval by inverting the test', blocks }
  }
  const ofBase = ratioCells(base)
  const ofHead = ratioCells(head)
  const isShare = first.kind === 'share'
  const one = isShare ? shareOfSide(ofBase, ofHead) : meanOfSide(ofBase)
  const two = isShare ? shareOfSide(ofHead, ofBase) : meanOfSide(ofHead)
  if ('why' in one) return one
  if ('why' in two) return two
  const what = isShare ? 'difference of shares, score intervals' : 'difference of means'
  return { ...differenceOf(one, two), what, blocks: `${one.blocks} and ${two.blocks}` }
}

/** By whole runs: each gives one number, and p comes from permuting which runs are base. */
export function wholeRunsDifferences(rows: readonly WholeRunsOf[], seed: number): readonly RowDifference[] {
  const values = rows.map(({ row, longestMs, minimumEffect }) => {
    const [base, head] = [row.base.map(numberOf), row.head.map(numberOf)]
    const isGood = (value: number) => Number.isFinite(value)
    const endless = endlessTimes * Math.max(longestMs, ...base.filter(isGood), ...head.filter(isGood))
    const finite = (value: number) => (value === Number.POSITIVE_INFINITY ? endless : value)
    return {
      base: base.map(finite),
      head: head.map(finite),
      minimumEffect: minimumEffect(mean(base.map(finite))),
    }
  })
  const found = wholeRunDifferences(values, seededRandom(seed))
  return rows.flatMap(({ row }, at): RowDifference[] => {
    const one = found[at]
    if (one === undefined) return []
    const base = { value: mean(values[at]?.base ?? []), samples: total(row.base) }
    const head = { value: mean(values[at]?.head ?? []), samples: total(row.head) }
    const method = `means over ${row.base.length} and ${row.head.length} runs; p by permuting the runs, for ${rows.length} differences together`
    return [{ base, head, ...one, method }]
  })
}

/** What each side shows when all its runs are taken together. */
function sidesOf({ base, head }: DrawnRow): { readonly base: SideValue; readonly head: SideValue } {
  return { base: sideOf(base), head: sideOf(head) }
}

function sideOf(drawn: readonly Drawn[]): SideValue {
  const samples = total(drawn)
  const [first] = drawn
  if (first?.kind === 'values') {
    const cells = valueCells(drawn).flat()
    return { value: numberOf({ ...first, cells }), samples }
  }
  if (first?.kind === 'one') return { value: mean(drawn.map(numberOf)), samples }
  const all = ratioCells(drawn)
  const sum = (cells: readonly Float64Array[]) => cells.reduce((one, cell) => one + cell.reduce((a, b) => a + b, 0), 0)
  return { value: sum(all.map(({ parts }) => parts)) / sum(all.map(({ wholes }) => wholes)), samples }
}

function valueCells(drawn: readonly Drawn[]): readonly ValueCells[] {
  return drawn.flatMap((one) => (one.kind === 'values' ? [one.cells] : []))
}

function ratioCells(drawn: readonly Drawn[]): readonly RatioCells[] {
  return drawn.flatMap((one) => (one.kind === 'share' || one.kind === 'mean' ? [one.cells] : []))
}

function total(drawn: readonly Drawn[]): number {
  return drawn.reduce((sum, one) => sum + samplesOf(one), 0)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
