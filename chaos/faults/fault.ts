import type { FaultDescription } from '../../src/domain/catalogue.ts'
import type { LinkControl } from '../../src/domain/link.ts'
import type { NodeControl } from '../../src/domain/node-control.ts'
import type { ProbeConnection, ProbeQuestion, ProbeSample } from '../../src/domain/probe-sample.ts'

export type FaultParameters = Readonly<Record<string, number | string | boolean>>

/**
 * How a harm shows. `apply` and `heal` return when the proxy, the process or the database has said yes; whether the
 * harm is really there, or really gone, is told from samples of Squall's own connections, never from that answer.
 */
interface Sight {
  /**
   * Does this sample, asked while the fault was on, show the harm? The same rule decides that the harm is gone. null:
   * it tells neither, such as no answer to a question whose answer would tell.
   */
  isAffected(sample: ProbeSample, parameters: FaultParameters): boolean | null
  /** Which of our connections show the harm; absent: both. */
  seenBy?(parameters: FaultParameters): readonly ProbeConnection[]
  /**
   * So many samples in a row without harm, of each connection, show that it is gone; absent: one. More where the
   * harm hits a share only, so that a single sample may have been lucky.
   */
  samplesToTrust?(parameters: FaultParameters): number
  /** What our probe asks while the fault is near, by the injection's id where others may act too; absent: the usual. */
  question?(parameters: FaultParameters, injectionId: string): ProbeQuestion
}

/** What a fault does besides coming and going: ends when `signal` aborts, and is waited for before the heal. */
export interface Doing {
  readonly signal: AbortSignal
  /** Rejects never; returns early when the signal aborts. */
  readonly sleep: (ms: number) => Promise<void>
}

/** Harm to a link. Its undo needs no code: it is "no toxic, enabled", which the keeper holds. */
export interface LinkFault extends FaultDescription, Sight {
  readonly on: 'link'
  apply(link: LinkControl, parameters: FaultParameters): Promise<void>
  /** What goes on while the fault is on, such as flapping; bounded by the fault's end. */
  during?(link: LinkControl, parameters: FaultParameters, doing: Doing): Promise<void>
  heal(link: LinkControl, parameters: FaultParameters): Promise<void>
}

/**
 * Harm to a node: its process, or the database that it is. Its undo needs no code: "all its processes go on, no
 * session of ours is left, no setting of ours" is what the keeper holds.
 */
export interface NodeFault extends FaultDescription, Sight {
  readonly on: 'node'
  /** Its undo ends the process for good: going on, it would take writes beside the one that has taken over. */
  readonly endsProcess?: true
  /** What has to be there before the load, such as a backup. One that rejects is told; `apply` must refuse then. */
  prepare?(node: NodeControl, parameters: FaultParameters): Promise<void>
  /** How long `apply` and `heal` may take at most; absent: 5 s and 20 s. */
  patienceMs?(node: NodeControl): { readonly apply: number; readonly heal: number }
  apply(node: NodeControl, parameters: FaultParameters): Promise<void>
  during?(node: NodeControl, parameters: FaultParameters, doing: Doing): Promise<void>
  heal(node: NodeControl, parameters: FaultParameters): Promise<void>
}

export type Fault = LinkFault | NodeFault

/** A parameter that the plan's check has let through as a number. */
export function numberOf(parameters: FaultParameters, name: string): number {
  const value = parameters[name]
  if (typeof value !== 'number') throw new TypeError(`parameter ${name}: expected a number, received ${String(value)}`)
  return value
}

/** A parameter that the plan's check has let through as a text. */
export function textOf(parameters: FaultParameters, name: string): string {
  const value = parameters[name]
  if (typeof value !== 'string') throw new TypeError(`parameter ${name}: expected a text, received ${String(value)}`)
  return value
}
