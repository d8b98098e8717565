import type { Interval } from '../../domain/verdict.ts'
import { there } from '../there.ts'
import { welchDegrees } from './pair.ts'
import { twoSidedQuantile, zOfPower80 } from './student.ts'

/** From so many runs a side on the run itself is the unit: 4 of 8 can be chosen in 70 ways, so that p can reach 1/70. */
export const wholeRunsMin = 4
/** More ways than this are drawn from, by seed. */
const waysMax = 4_000

/** One measure: its value in each run. */
export interface RunValues {
  readonly base: readonly number[]
  readonly head: readonly number[]
  /** In the measure's unit: what a difference must at least be to count. */
  readonly minimumEffect: number
}

export interface RunsDifference {
  readonly value: number
  /** 95 %, of this measure alone (Welch). */
  readonly interval: Interval
  /** One-sided and adjusted for all measures together: that head is as clearly higher, or lower, by chance. */
  readonly higherP: number
  readonly lowerP: number
  readonly df: number
  /** The difference that four of five comparisons find. */
  readonly detectable: number
}

/**
 * Differences of means over runs, where the run is the unit: what was the same all through a run, such as where memory
 * came to lie, is seen in no other way. p by permuting which runs are base: the largest statistic of all measures is
 * what each is held against, step by step (Westfall & Young, "Resampling-Based Multiple Testing", 1993, algorithm 2.8),
 * so that it holds for the whole comparison, and needs no distribution but that runs of one kind can be swapped.
 *
 * @param random draws the permutations where there are too many to take them all
 */
export function wholeRunDifferences(all: readonly RunValues[], random: () => number): readonly RunsDifference[] {
  const [first] = all
  if (first === undefined) return []
  const counts = { base: first.base.length, head: first.head.length }
  const pooled = all.map(({ base, head, minimumEffect }) => ({ values: [...base, ...head], minimumEffect }))
  const statistics = (isHead: readonly boolean[]) =>
    pooled.map(({ values, minimumEffect }) => statistic(values, isHead, minimumEffect))
  const ways = divisions(counts.base, counts.head, random).map(statistics)
  const observed = statistics([...new Array(counts.base).fill(false), ...new Array(counts.head).fill(true)])
  const higher = stepDown(observed, ways)
  const negative = (values: readonly number[]) => values.map((value) => -value)
  const lower = stepDown(negative(observed), ways.map(negative))
  const largest = ways.map((way) => Math.max(...way)).sort((a, b) => a - b)
  const critical = there(largest[Math.ceil(0.95 * largest.length) - 1])
  return all.map((one, at) => {
    const { value, error, df } = welch(one.base, one.head)
    const half = error * twoSidedQuantile(0.05, df)
    const detectable = critical * (error + floorOf(one.minimumEffect)) + zOfPower80 * error
    const interval = { low: value - half, high: value + half }
    return { value, interval, df, detectable, higherP: there(higher[at]), lowerP: there(lower[at]) }
  })
}

/** Each against the largest of those that are not clearer than itself, and never below a clearer one's. */
function stepDown(observed: readonly number[], ways: readonly (readonly number[])[]): readonly number[] {
  const order = observed.map((_, at) => at).sort((a, b) => there(observed[b]) - there(observed[a]))
  const p = [...observed]
  let before = 0
  order.forEach((at, rank) => {
    const rest = order.slice(rank)
    // Equal up to rounding counts as equal: the division that was is always among them.
    const least = there(observed[at]) - 1e-9
    const reached = ways.filter((way) => rest.some((other) => there(way[other]) >= least)).length
    before = Math.max(before, reached / ways.length)
    p[at] = before
  })
  return p
}

/** What keeps a measure that hardly ever varies from looking clear (Tusher, Tibshirani & Chu, 2001: the fudge factor). */
function floorOf(minimumEffect: number): number {
  return minimumEffect / 4
}

function statistic(values: readonly number[], isHead: readonly boolean[], minimumEffect: number): number {
  const { value, error } = welch(
    values.filter((_, at) => isHead[at] === false),
    values.filter((_, at) => isHead[at] === true),
  )
  const scale = error + floorOf(minimumEffect)
  return scale > 0 ? value / scale : 0
}

function welch(base: readonly number[], head: readonly number[]): { value: number; error: number; df: number } {
  const one = moments(base)
  const two = moments(head)
  const df = welchDegrees(one.squaredError, base.length - 1, two.squaredError, head.length - 1)
  return { value: two.mean - one.mean, error: Math.sqrt(one.squaredError + two.squaredError), df }
}

function moments(values: readonly number[]): { readonly mean: number; readonly squaredError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, squaredError: squares / (values.length - 1) / values.length }
}

/** All ways to choose which runs are head, the real one among them; so many drawn at random where there are more. */
function divisions(base: number, head: number, random: () => number): readonly (readonly boolean[])[] {
  const runs = base + head
  if (binomial(runs, head) <= waysMax) return choices(runs, head)
  const real = Array.from({ length: runs }, (_, at) => at >= base)
  return [real, ...Array.from({ length: waysMax - 1 }, () => shuffled(real, random))]
}

function choices(runs: number, head: number): readonly (readonly boolean[])[] {
  if (runs === 0) return head === 0 ? [[]] : []
  const without = choices(runs - 1, head).map((rest) => [false, ...rest])
  return head === 0 ? without : [...without, ...choices(runs - 1, head - 1).map((rest) => [true, ...rest])]
}

/** Fisher & Yates. */
function shuffled(values: readonly boolean[], random: () => number): readonly boolean[] {
  const all = [...values]
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const swapped = all[at] === true
    all[at] = all[other] === true
    all[other] = swapped
  }
  return all
}

function binomial(n: number, k: number): number {
  let value = 1
  for (let at = 1; at <= k; at++) value *= (n - k + at) / at
  return Math.round(value)
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
