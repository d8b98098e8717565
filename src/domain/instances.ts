import type { StackPlan } from './plan.ts'

type Stack = Pick<StackPlan, 'nodes' | 'links'>

/** How many run for a node of the plan, or for a link: each instance of a server has a link of its own. */
export function instancesOf({ nodes, links }: Stack, id: string): number {
  return nodes[links[id]?.from ?? id]?.instances ?? 1
}

/** Ids of what runs for a node or a link of the plan: its own; of several instances `server-1` and on, `db-1` and on. */
export function runningIdsOf(stack: Stack, id: string): readonly string[] {
  const count = instancesOf(stack, id)
  return count === 1 ? [id] : Array.from({ length: count }, (_, index) => `${id}-${index + 1}`)
}

/** The plan's id of what runs under this one; null: nothing of the plan does. */
export function plannedIdOf(stack: Stack, runningId: string): string | null {
  const ids = [...Object.keys(stack.nodes), ...Object.keys(stack.links)]
  return ids.find((id) => runningIdsOf(stack, id).includes(runningId)) ?? null
}

/** Ids of all that a fault acts on. Without an `instance` that is every one of what it is on. */
export function targetIdsOf(
  stack: Stack,
  { on, instance }: { readonly on: string; readonly instance?: number },
): readonly string[] {
  const all = runningIdsOf(stack, on)
  return instance === undefined ? all : all.slice(instance - 1, instance)
}

/** What the probe that asks an instance whether it is ready is called; null: there is one. No id has a dot. */
export function readyProbeOf(instance: string | null): string {
  return instance === null ? 'ready' : `ready.${instance}`
}

/** What a fault is on, for people. */
export function targetText({ on, instance }: { readonly on: string; readonly instance?: number }): string {
  return instance === undefined ? on : `${on} (instance ${instance})`
}
