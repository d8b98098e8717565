import type { ReasonCode, Verdict } from '../../src/domain/verdict.ts'
import type { ServerTruth } from './server/behaviour.ts'

export interface TruthObjective {
  readonly id: string
  readonly measure: string
  readonly during: string
  readonly where?: { readonly tool: string }
  readonly max?: string | number
  readonly is?: boolean
  /** false: information; its verdict is not looked at, its number may be. */
  readonly judged?: false
}

/** What a finding's value is held against: what the server counted itself, or plain arithmetic. */
export type Known =
  /** Its own time for the calls of a tool, p95: within 2 % or 2 ms, and what the machine itself was late. */
  | { readonly kind: 'p95'; readonly tool: string; readonly phase: string }
  /** The share of a tool's calls that it did not answer rightly: within two calls. */
  | { readonly kind: 'wrong-ratio'; readonly tool: string; readonly phase: string }
  /** Calls of a tool that it received a second: within 2, as Squall's own probe calls it too. */
  | { readonly kind: 'rate'; readonly tool: string; readonly phase: string }
  /** How long its callers waited for a connection, p95: inside the finding's interval, which ends at edges of buckets. */
  | { readonly kind: 'waits-p95' }
  /** Where `within` is not 0, the machine's own lateness is room besides. */
  | { readonly kind: 'value'; readonly value: number; readonly within: number; readonly why: string }

export interface Truth {
  readonly id: string
  /** What is true of the run. */
  readonly says: string
  readonly server: ServerTruth
  readonly users: number
  readonly pace: string
  readonly callTimeout?: string
  readonly weights: Readonly<Record<string, number>>
  readonly phases: readonly { readonly id: string; readonly s: number }[]
  /** The generator's process stands still then: from the start of the load, ms. */
  readonly frozenGenerator?: readonly { readonly fromMs: number; readonly forMs: number }[]
  readonly objectives: readonly TruthObjective[]
  readonly expected: {
    readonly verdict: Verdict
    readonly exitCode: number
    /** Every finding that does not pass. */
    readonly findings: Readonly<Record<string, readonly [Verdict, ReasonCode]>>
    readonly known?: Readonly<Record<string, Known>>
    /** What the sentence of a finding, with its hint, must say. */
    readonly told?: Readonly<Record<string, RegExp>>
  }
}
