import type { Catalogue } from '../domain/catalogue.ts'
import { type Advice, type Plan, type Problem, usersPeak } from '../domain/plan.ts'
import { readUsers, scaleUsers, shorten } from './adjust.ts'
import { type Aimed, aimAt, checkHosts, serverIdOf } from './aim.ts'
import { lookAt } from './aim-database.ts'
import { type LoadText, loadExtended } from './extends.ts'
import { adviseOn } from './lints/registry.ts'
import { applyOverrides, type Overrides } from './overrides.ts'
import { Problems } from './problems.ts'
import { readDraft } from './read-draft.ts'
import { repeat } from './repeat.ts'
import { checkStdioUsers } from './sections/stdio.ts'
import { layOut } from './timeline.ts'
import { child, type Tree } from './tree.ts'

export interface PlanRequest {
  /** A plan's name, or a path. */
  readonly plan: string
  readonly loadText: LoadText
  readonly catalogue: Catalogue
  readonly overrides: Overrides
}

/** `plan` is null exactly when there are problems; advice is given on plans without problems only. */
export interface PlanResult {
  readonly plan: Plan | null
  readonly problems: readonly Problem[]
  readonly advice: readonly Advice[]
}

/**
 * Reads a plan, with what it extends and what the command line changes, against a catalogue. Never throws for what is
 * wrong with a plan: every problem that can be seen is in `problems`, each with its path, line, and what was expected.
 */
export function loadPlan({ plan: name, loadText, catalogue, overrides }: PlanRequest): PlanResult {
  const problems = new Problems()
  const tree = loadExtended(name, loadText, problems)
  const aimed = tree === null ? null : turn(tree, overrides, problems)
  const turned = aimed?.tree ?? tree
  const users = overrides.users === null ? null : readUsers(overrides.users, problems)
  const changed = turned === null ? null : applyOverrides(turned, overrides, problems)
  const draft = changed === null ? undefined : readDraft(changed, catalogue, problems)
  if (draft === undefined) return { plan: null, problems: problems.list, advice: [] }
  const peopled = users === null ? draft : scaleUsers(draft, users)
  const timed = overrides.quick ? shorten(peopled, problems) : peopled
  const laid = layOut(repeat(timed, problems), overrides.quick, problems)
  checkHosts(laid.stack, overrides, problems)
  checkStdioUsers(laid.stack, usersPeak(laid), problems)
  if (problems.count > 0) return { plan: null, problems: problems.list, advice: [] }
  const leftOut = aimed?.leftOut ?? []
  const plan = leftOut.length === 0 ? laid : { ...laid, leftOut }
  return { plan, problems: [], advice: adviseOn(plan, catalogue) }
}

/** What is started here, or what is there already. */
function turn(tree: Tree, overrides: Overrides, problems: Problems): Aimed {
  const { target } = overrides
  if (target !== null) return aimAt(tree, { ...overrides, target }, problems)
  return { tree: lookAt(tree, serverIdOf(child(tree, 'stack')), overrides, problems), leftOut: [] }
}
