import type { Doing, Fault, FaultParameters, LinkFault, NodeFault } from '../../chaos/faults/fault.ts'
import type { LinkControl } from '../domain/link.ts'
import type { NodeControl } from '../domain/node-control.ts'
import type { PlannedFault } from '../domain/plan.ts'
import { type ProbeConnection, type ProbeQuestion, type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { boundsMs } from './bounds.ts'

/** What a harm may take at most, ms. */
export interface Patience {
  readonly apply: number
  readonly heal: number
  /** The heal and the look whether it is gone, where the run is to end now. */
  readonly healAtEnd: number
}

export const usualPatience: Patience = boundsMs

/** One planned fault on its target, or on several at once, with its parameters: what an injection conducts. */
export interface Harm {
  /** The plan's id of it. */
  readonly id: string
  /** The fault's name. */
  readonly name: string
  readonly seenBy: readonly ProbeConnection[]
  readonly samplesToTrust: number
  readonly question: ProbeQuestion
  /** Absent: the usual. */
  readonly patience?: Patience
  /** null: the sample tells neither. */
  isAffected(sample: ProbeSample): boolean | null
  apply(): Promise<void>
  /** Resolves when `doing.signal` aborts, or before. */
  during(doing: Doing): Promise<void>
  heal(): Promise<void>
  /** Of a harm to several targets: that to each, which goes on, or fails, by itself. Absent: there is one. */
  readonly parts?: readonly Harm[]
}

const bothConnections: readonly ProbeConnection[] = ['long', 'fresh']

function common(planned: PlannedFault, fault: Fault) {
  const parameters = planned.with
  return {
    id: planned.id,
    name: fault.name,
    seenBy: fault.seenBy?.(parameters) ?? bothConnections,
    samplesToTrust: fault.samplesToTrust?.(parameters) ?? 1,
    question: fault.question?.(parameters, planned.id) ?? usualQuestion,
    isAffected: (sample: ProbeSample) => fault.isAffected(sample, parameters),
  }
}

function acts<Control>(
  fault: {
    apply(control: Control, parameters: FaultParameters): Promise<void>
    during?(control: Control, parameters: FaultParameters, doing: Doing): Promise<void>
    heal(control: Control, parameters: FaultParameters): Promise<void>
  },
  control: Control,
  parameters: FaultParameters,
) {
  return {
    apply: () => fault.apply(control, parameters),
    during: async (doing: Doing) => fault.during?.(control, parameters, doing),
    heal: () => fault.heal(control, parameters),
  }
}

export function harmToLink(planned: PlannedFault, fault: LinkFault, link: LinkControl): Harm {
  return { ...common(planned, fault), ...acts(fault, link, planned.with) }
}

export function harmToNode(planned: PlannedFault, fault: NodeFault, node: NodeControl): Harm {
  const own = fault.patienceMs?.(node)
  // A command of the users' own has its deadline, which the end of a run does not cut short.
  const patience = own === undefined ? {} : { patience: { ...own, healAtEnd: own.heal + usualPatience.healAtEnd } }
  return { ...common(planned, fault), ...patience, ...acts(fault, node, planned.with) }
}

/** The same fault on several targets at once: applied and healed on all, whatever one of them says. */
export function harmToAll(first: Harm, ...others: readonly Harm[]): Harm {
  if (others.length === 0) return first
  const parts = [first, ...others]
  const all = async (act: (part: Harm) => Promise<void>): Promise<void> => {
    const settled = await Promise.allSettled(parts.map(act))
    for (const one of settled) if (one.status === 'rejected') throw one.reason
  }
  return {
    ...first,
    parts,
    apply: () => all((part) => part.apply()),
    during: (doing) => all((part) => part.during(doing)),
    heal: () => all((part) => part.heal()),
  }
}
