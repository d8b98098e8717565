import type { Interval, Unit } from './verdict.ts'

/** The gravest first. `no_difference_shown` is no proof of none: `detectable` says what would have been seen. */
export const comparisonVerdicts = ['regression', 'too_little_evidence', 'improvement', 'no_difference_shown'] as const
export type ComparisonVerdict = (typeof comparisonVerdicts)[number]

/** Which way a measure gets better. */
export type Better = 'lower' | 'higher'

/** A measure of one side in a window. */
export interface SideValue {
  /** Infinity: so many calls had no good end. Written as null in JSON. */
  readonly value: number
  /** Values, calls or seconds that it rests on, over all runs of the side. */
  readonly samples: number
}

export interface ComparedDifference {
  /** Head - base, in the measure's unit. */
  readonly value: number
  /** 95 %, of this difference alone; an end may be infinite (null in JSON). */
  readonly interval: Interval
  /** Of the base's value; null: the base has 0, or shares are compared, which differ in points. */
  readonly relative: number | null
  /** That as clear a difference comes by chance in that direction, adjusted for all that is compared. */
  readonly p: number
  /** What four of five comparisons like this one call; infinite: nothing, however large (null in JSON). */
  readonly detectable: number
}

export interface ComparisonRow {
  readonly measure: string
  readonly window: string
  readonly unit: Unit
  readonly better: Better
  /** Without enough evidence on it the comparison as a whole is inconclusive. */
  readonly isKey: boolean
  readonly base: SideValue | null
  readonly head: SideValue | null
  /** null: none could be computed, and `why` says why. */
  readonly difference: ComparedDifference | null
  /** What a difference must at least be to count, in the measure's unit. */
  readonly minimumEffect: number
  readonly verdict: ComparisonVerdict
  /** One sentence for a person. */
  readonly why: string
  /** How difference, interval and p came to be. */
  readonly method: string
}

export interface ComparedRun {
  readonly id: string
  readonly folder: string
  /** UTC, ISO 8601. */
  readonly startedAt: string
}

export interface ComparedSide {
  readonly plan: string
  readonly runs: readonly ComparedRun[]
  /** Of what the environments have in common, such as `cpu`; one hash for each that differs. */
  readonly environment: string
}

/** Something in which a run is not like the first run of the base. */
export interface ForeignDifference {
  readonly what: string
  readonly base: string
  readonly other: string
  readonly run: string
}

/** comparison.json. */
export interface Comparison {
  readonly schemaVersion: 1
  readonly verdict: ComparisonVerdict
  readonly exitCode: number
  readonly summary: string
  readonly base: ComparedSide
  readonly head: ComparedSide
  /** Not empty: the runs cannot be compared fairly, and it was asked for all the same. */
  readonly foreign: readonly ForeignDifference[]
  /** What limits what can be said, for a person. */
  readonly notes: readonly string[]
  readonly rows: readonly ComparisonRow[]
  /** Windows that one side alone has. */
  readonly windowsLeftOut: readonly string[]
  readonly limits: EffectLimits
}

/** What a difference must at least be to count. */
export interface EffectLimits {
  /** Of the base's value: times, rates, counts. */
  readonly relative: number
  readonly timeMs: number
  /** Of calls: 0.005 are 0.5 percentage points. */
  readonly errorRatio: number
  /** Of the pool. */
  readonly poolRatio: number
  readonly count: number
}
