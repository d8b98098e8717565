import type { WorkloadDescription } from '../domain/catalogue.ts'
import type { Json, JsonObject } from '../domain/json.ts'
import type { Tree } from './tree.ts'

/** The calls of a workload, each with its share, as the plan's words have them; null: not known before the run. */
export function callsOf(
  workload: WorkloadDescription | undefined,
  words: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, number> | null {
  if (workload?.fromPlan === undefined) return workload?.tools ?? null
  const found = workload.fromPlan(words as JsonObject)
  return found instanceof Map ? found : null
}

export function plainOf(tree: Tree): Json {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(plainOf)
  return Object.fromEntries([...tree.entries].map(([key, value]) => [key, plainOf(value)]))
}
