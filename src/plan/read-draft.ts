import type { Catalogue } from '../domain/catalogue.ts'
import type { DrillPlan } from '../domain/plan.ts'
import type { Draft } from './draft.ts'
import { checkIdsUnique, collectKnown } from './known.ts'
import { seedMax } from './limits.ts'
import type { Problems } from './problems.ts'
import { readDrill } from './sections/drill.ts'
import { readFaults } from './sections/faults.ts'
import { readLoad } from './sections/load.ts'
import { checkMetrics, withMetrics } from './sections/metrics.ts'
import { readObjectives } from './sections/objectives.ts'
import { observeDefault, readObserve } from './sections/observe.ts'
import { readStack } from './sections/stack.ts'
import { anyText, complain, id, later, object, oneOf, optional, type Read, required, wholeIn } from './shape.ts'
import { child, type Tree } from './tree.ts'

const version: Read<1> = (spot, problems) =>
  spot.tree.kind === 'scalar' && spot.tree.value === 1
    ? 1
    : complain(spot, problems, '1, the only version of the plan format there is')

/** Reads a merged plan. undefined: it has problems; they are all in `problems`. */
export function readDraft(tree: Tree, catalogue: Catalogue, problems: Problems): Draft | undefined {
  const known = collectKnown(tree, catalogue)
  checkIdsUnique(tree, known, problems)
  checkMetrics(known, child(tree, 'observe'), problems)
  const draft = object({
    squall: required(version),
    name: required(id),
    extends: optional<string | null>(anyText, null),
    seed: optional(wholeIn(0, seedMax), 1),
    unknown: optional(oneOf<'fail' | 'warn'>(['fail', 'warn'], 'what an unknown verdict does'), 'fail'),
    stack: required(readStack(known)),
    load: required(readLoad(known)),
    faults: optional(readFaults(known), []),
    drill: optional<DrillPlan | null>(readDrill(known), null),
    observe: optional(readObserve(known), observeDefault),
    alerts: later('bound what the alert is about by an objective'),
    objectives: optional(readObjectives(known), []),
  })({ tree, path: '' }, problems)
  if (draft === undefined) return undefined
  const { squall: _, extends: __, alerts: ___, ...kept } = draft
  return { ...kept, observe: withMetrics(kept.observe, kept.stack) }
}
