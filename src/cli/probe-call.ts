import type { Random, Workload } from '../../scenarios/lib/workload.ts'
import type { WeightedTool } from '../load/workload.ts'

/** Always the same choice: the probe asks the same question each time, so that its answers can be compared. */
export const fixed: Random = {
  next: () => 0,
  int: (min) => min,
  pick: (items) => {
    const [first] = items
    if (first === undefined) throw new RangeError('nothing to pick from')
    return first
  },
}

interface ProbeCall {
  readonly tool: string
  readonly arguments: object
}

/**
 * The call that the probe through the whole path makes: of the tools that the plan calls, the most frequent that needs
 * no earlier answer. `tools`: with the plan's weights; one that is off is never called. null: there is none.
 */
export function probeCallOf(workload: Workload, tools: readonly WeightedTool[]): ProbeCall | null {
  const uses = new Map(workload.tools.map((use) => [use.name, use]))
  for (const { name, weight } of tools.toSorted((a, b) => b.weight - a.weight)) {
    const use = uses.get(name)
    if (weight <= 0 || use === undefined || use.after !== undefined) continue
    try {
      return { tool: name, arguments: use.arguments(fixed, {}) }
    } catch {
      // It reads what a user remembers, and the probe remembers nothing.
    }
  }
  return null
}
