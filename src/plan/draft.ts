import type { FaultJudgement, LoadPlan, Objective, ObservePlan, StackPlan } from '../domain/plan.ts'
import type { Spot } from './shape.ts'

/** A plan that has been read and not yet laid out in time: `--users` and `--quick` act on it. Durations in ms. */
export interface Draft {
  readonly name: string
  readonly seed: number
  readonly unknown: 'fail' | 'warn'
  readonly stack: StackPlan
  readonly load: Omit<LoadPlan, 'phases'> & { readonly phases: readonly PhaseDraft[] }
  readonly faults: readonly FaultDraft[]
  readonly observe: ObservePlan
  readonly objectives: readonly Objective[]
}

export interface PhaseDraft {
  readonly id: string
  readonly forMs: number
  readonly usersFrom: number
  readonly usersTo: number
  readonly judged: boolean
  readonly spot: Spot
}

export interface FaultDraft {
  readonly id: string
  readonly fault: string
  readonly on: string
  readonly with: Readonly<Record<string, number | string | boolean>>
  readonly phase: string
  /** From the start of `phase`. */
  readonly atMs: number
  readonly forMs: number
  readonly recoveryMs: number
  readonly minimumForMs: number
  readonly judgedBy: FaultJudgement
  readonly spot: Spot
}
