import type { NewestDrill } from './past-drill.ts'
import type { Advice } from './plan.ts'
import type { Span } from './time.ts'

export const verdicts = ['fail', 'unknown', 'pass'] as const
export type Verdict = (typeof verdicts)[number]

/** The worst of several: `fail` > `unknown` > `pass`. No verdict at all is `unknown`: no evidence is never a pass. */
export function worst(all: readonly Verdict[]): Verdict {
  return verdicts.find((verdict) => all.includes(verdict)) ?? 'unknown'
}

/** Why a finding is as it is: stable words that tools may match on. */
export const reasonCodes = [
  'within_bound',
  'beyond_bound',
  'interval_crosses_bound',
  'not_over_by_horizon',
  'no_samples',
  'too_few_samples',
  'load_not_delivered',
  'generator_error',
  'sampler_silent',
  'stream_cut',
  'clock_stepped',
  'fault_not_observed',
  'not_possible_here',
  'fault_not_healed',
  'window_missing',
  'interrupted',
  'unplanned_exit',
  'constant_answers',
  'idle_database',
  'not_measurable',
] as const
export type ReasonCode = (typeof reasonCodes)[number]

export interface Interval {
  readonly low: number
  /** Infinity is written as null in JSON. */
  readonly high: number
}

export type Unit = 'ms' | 's' | 'ratio' | 'count' | 'calls/s' | 'bool'

/** What was measured: a value with its interval, "at least" (not over by the horizon), or none and why. */
export type Measured =
  | {
      readonly kind: 'value'
      readonly value: number | boolean
      readonly unit: Unit
      readonly sampleCount: number
      readonly method: string
      /** null for what has none, such as a bool. */
      readonly interval: Interval | null
    }
  | {
      readonly kind: 'atLeast'
      readonly value: number
      readonly unit: Unit
      readonly sampleCount: number
      readonly method: string
      readonly interval: null
    }
  | {
      readonly kind: 'none'
      readonly value: null
      readonly unit: Unit
      readonly sampleCount: number
      readonly method: string
      readonly interval: null
      readonly reason: ReasonCode
      readonly why: string
    }

export interface Bound {
  readonly max?: number
  readonly min?: number
  readonly is?: boolean
  readonly unit: Unit
}

export interface Evidence {
  /** Path inside the run folder. */
  readonly file: string
  readonly sha256: string
}

export interface Finding {
  readonly id: string
  readonly measure: string
  /** Id of a window; `run` for the whole. */
  readonly window: string
  readonly verdict: Verdict
  readonly reason: ReasonCode
  readonly measured: Measured
  readonly bound: Bound
  /** One sentence for a person, numbers with units. */
  readonly why: string
  /** What it points at, with numbers: one sentence, only where the run's data say so. */
  readonly hint?: string
  /** false: information; counts in no verdict. */
  readonly judged: boolean
  /** Such as `{tool: "get_customer"}`; null for all calls. */
  readonly where: { readonly tool?: string } | null
  readonly evidence: readonly Evidence[]
}

export type WindowKind = 'run' | 'phase' | 'clear' | 'injection' | 'recovery'

export interface Window {
  /** Such as `steady`, `steady.clear`, `latency`, `latency.recovery`, `run`. */
  readonly id: string
  readonly kind: WindowKind
  /** Half-open stretches, in order; empty when the window never came to be. */
  readonly spans: readonly Span[]
  /** The injection that an `injection` or a `recovery` window belongs to. */
  readonly fault: string | null
  readonly judged: boolean
}

/** The edges of one injection, µs of run time; null: did not happen. */
export interface InjectionRecord {
  readonly id: string
  readonly fault: string
  readonly on: string
  /** The one instance of it, from 1; absent: all that there are. */
  readonly instance?: number
  readonly requestedUs: number | null
  readonly appliedUs: number | null
  readonly observedUs: number | null
  /** From here on it could not act any more, until its end; null: it could. */
  readonly stoppedUs: number | null
  readonly healedUs: number | null
  readonly healVerifiedUs: number | null
  /** µs: how finely `observed` and `healVerified` could be seen. */
  readonly resolutionUs: number | null
  readonly settledUs: number | null
  readonly plannedStartUs: number
  readonly plannedEndUs: number
  /** Why this machine does not let it act; absent: it does. */
  readonly notPossible?: string
  /** Anything out of the ordinary, such as "healed by replacing the proxy". */
  readonly notes: readonly string[]
}

export interface NotAssessed {
  readonly id: string
  readonly measure: string
  readonly window: string
  /** Why not, and the line that would make it assessable where there is one. */
  readonly why: string
}

export interface ToolRow {
  readonly tool: string
  readonly calls: number
  readonly goodRatio: number | null
  readonly errors: Readonly<Record<string, number>>
  /** Latencies in ms, from the intended start; `none` where the calls were too few. */
  readonly p50Ms: Measured
  readonly p95Ms: Measured
  readonly p99Ms: Measured
  readonly maxMs: Measured
}

export interface MeasurementRow {
  readonly id: string
  readonly window: string
  readonly kind: Measured['kind']
  readonly value: number | boolean | null
  readonly unit: Unit
  readonly sampleCount: number
  readonly method: string
  readonly interval: Interval | null
}

export interface RunHeader {
  readonly id: string
  readonly plan: string
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly durationS: number
  readonly seed: number
  readonly quick: boolean
  readonly users: number
  readonly paceS: number
  readonly workload: string
  readonly target: string
  /** How the run ended: `planned`, `interrupted`, or why it was cut. */
  readonly ended: string
  readonly versions: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string | number>>
}

/** A recovery exercise, told with what came of it. */
export interface DrillReport {
  readonly name: string
  readonly title: string
  readonly hypothesis: string
  readonly mode: 'automatic' | 'manual'
  readonly horizonS: number
  readonly steps: readonly { readonly kind: string; readonly text: string }[]
  /** One after the other, from the fault to the recovery that lasts; those that came to be. They add up to it. */
  readonly segments: readonly (MeasurementRow & {
    readonly title: string
    /** What Squall's own supervisor and route did: of a platform of the users' own it says nothing. */
    readonly synthetic: boolean
  })[]
  /** Writes and restores, counted and timed. */
  readonly results: readonly (MeasurementRow & { readonly title: string })[]
}

/** report.json. */
export interface Report {
  readonly schemaVersion: 1
  readonly run: RunHeader
  /** Of a gate: was disaster recovery tested? Outside the verdict. null: no drill is known; absent: nobody looked. */
  readonly newestDrill?: (NewestDrill & { readonly ageDays: number }) | null
  /** Absent: the run is no drill. */
  readonly drill?: DrillReport
  readonly verdict: Verdict
  readonly exitCode: number
  /** One sentence: may we launch, and if not, what must change. */
  readonly summary: string
  readonly load: {
    readonly callsIntended: number
    readonly callsSent: number
    readonly callsPerS: number | null
    readonly usersPeak: number | null
    readonly latePermille: number | null
  }
  readonly windows: readonly Window[]
  readonly injections: readonly InjectionRecord[]
  readonly findings: readonly Finding[]
  readonly notAssessed: readonly NotAssessed[]
  readonly advice: readonly Advice[]
  readonly measurements: readonly MeasurementRow[]
  readonly tools: readonly ToolRow[]
  /** Distinct error texts, most frequent first, capped; `omitted` says how many kinds are not shown. */
  readonly errors: {
    readonly rows: readonly { readonly outcome: string; readonly text: string; readonly calls: number }[]
    readonly omitted: number
  }
}
