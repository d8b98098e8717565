import { type LoadText, loadExtended } from './extends.ts'
import { textOf } from './known.ts'
import { applyOverrides, type Overrides } from './overrides.ts'
import { Problems } from './problems.ts'
import { child } from './tree.ts'

/** A workload that a plan names by its path. */
export interface OwnWorkload {
  /** As it stands in the plan. */
  readonly written: string
  /** The plan's file that it stands in, as shown to people; null: it came by a flag. */
  readonly from: string | null
}

/**
 * The workload of a plan where it is named by a path: anything with a `/`, or that ends in `.ts`. null: it is a name, or
 * there is none, or the plan cannot be read, which loadPlan then tells.
 */
export function ownWorkload(plan: string, loadText: LoadText, overrides: Overrides): OwnWorkload | null {
  const unheard = new Problems()
  const tree = loadExtended(plan, loadText, unheard)
  if (tree === null) return null
  const written = child(child(applyOverrides(tree, overrides, unheard), 'load'), 'workload')
  const path = textOf(written)
  if (written === null || path === null || !/[\\/]|\.m?ts$/.test(path)) return null
  const { file } = written.place
  return { written: path, from: file === null || file.startsWith('--') ? null : file }
}
