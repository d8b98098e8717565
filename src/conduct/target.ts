import type { Fault, NodeFault } from '../../chaos/faults/fault.ts'
import { targetIdsOf } from '../domain/instances.ts'
import type { TellStep } from '../domain/node-control.ts'
import type { Plan, PlannedFault } from '../domain/plan.ts'
import { type Harm, harmToAll, harmToLink, harmToNode } from './harm.ts'
import { HarnessBroke } from './harness-broke.ts'
import type { StackView, UndoOfNode } from './stack-view.ts'
import type { TargetWatch } from './target-watch.ts'
import { type UndoHolder, undoOfAll } from './undo-holder.ts'

/** What an injection acts on: a link, a node, or all instances of one at once. */
interface Target {
  readonly harm: Harm
  readonly undo: UndoHolder
  /** One of each. */
  readonly watches: readonly TargetWatch[]
}

interface Known {
  readonly plan: Plan
  readonly stack: StackView
  readonly faults: ReadonlyMap<string, Fault>
  /** What a fault tells of itself goes to this. */
  readonly stepsOf: (injectionId: string) => TellStep
}

/**
 * The target of a planned fault. A plan that was checked names only what exists; anything else is a defect.
 * @throws HarnessBroke
 */
export function targetOf(planned: PlannedFault, known: Known, watches: ReadonlyMap<string, TargetWatch>): Target {
  const ids = targetIdsOf(known.plan.stack, planned)
  // An undo each: no id of a plan has a dot.
  const parts = ids.map((id) => partOf(planned, id, ids.length === 1 ? planned.id : `${planned.id}.${id}`, known))
  const [first, ...others] = parts
  const own = ids.flatMap((id) => watches.get(id) ?? [])
  if (first === undefined || own.length < parts.length) throw new HarnessBroke(`fault ${planned.id} has no target`, '')
  return {
    harm: harmToAll(first.harm, ...others.map(({ harm }) => harm)),
    undo: undoOfAll(parts.map(({ undo }) => undo)),
    watches: own,
  }
}

function partOf(
  planned: PlannedFault,
  id: string,
  undoId: string,
  { stack, faults, stepsOf }: Known,
): Pick<Target, 'harm' | 'undo'> {
  const fault = faults.get(planned.fault)
  const link = stack.links.get(id)
  const node = stack.nodes.get(id)
  if (link && fault?.on === 'link') return { harm: harmToLink(planned, fault, link.control), undo: link.undo(undoId) }
  if (node && fault?.on === 'node')
    return {
      harm: harmToNode(planned, fault, node.control(planned.id, stepsOf(planned.id))),
      undo: node.undo(undoId, undoOf(fault)),
    }
  throw new HarnessBroke(`fault ${planned.id} has no target ${id}`, '')
}

function undoOf({ byHooks, endsProcess }: NodeFault): UndoOfNode {
  if (byHooks) return 'hook'
  return endsProcess ? 'end' : 'go on'
}
