import type {
  DrillPlan,
  FaultJudgement,
  LoadPlan,
  Objective,
  ObservePlan,
  StackPlan,
  StartCondition,
} from '../domain/plan.ts'
import type { Spot } from './shape.ts'

/** A plan that has been read and not yet laid out in time: `--users` and `--quick` act on it. Durations in ms. */
export interface Draft {
  readonly name: string
  readonly seed: number
  readonly unknown: 'fail' | 'warn'
  readonly stack: StackPlan
  readonly load: Omit<LoadPlan, 'phases'> & { readonly phases: readonly PhaseDraft[] }
  readonly faults: readonly FaultDraft[]
  readonly drill: DrillPlan | null
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

/** How often a fault comes from `atMs` on, and what it waits for. */
export type Schedule =
  | { readonly kind: 'once' }
  /** From start to start. */
  | { readonly kind: 'every'; readonly everyMs: number; readonly times: number }
  /** Within the rest of the phase, at moments drawn from the seed. */
  | { readonly kind: 'random'; readonly times: number }
  | { readonly kind: 'after'; readonly condition: StartCondition }

export interface FaultDraft {
  readonly id: string
  readonly fault: string
  readonly on: string
  /** null: all that there are of it. */
  readonly instance: number | null
  readonly with: Readonly<Record<string, number | string | boolean>>
  readonly phase: string
  /** From the start of `phase`. */
  readonly atMs: number
  readonly schedule: Schedule
  readonly forMs: number
  readonly recoveryMs: number
  readonly minimumForMs: number
  readonly judgedBy: FaultJudgement
  /** Together with others that do, on one target. */
  readonly combines: boolean
  /** The node's data is to have a file system of its own. */
  readonly fillsDisk: boolean
  readonly spot: Spot
}
