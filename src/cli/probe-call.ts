import type { Random, Workload } from '../../scenarios/lib/workload.ts'

/** Always the same choice: the probe asks the same question each time, so that its answers can be compared. */
const fixed: Random = {
  next: () => 0,
  int: (min) => min,
  pick: (items) => {
    const [first] = items
    if (first === undefined) throw new RangeError('nothing to pick from')
    return first
  },
}

/** The call that the probe through the whole path makes: the workload's most frequent tool. */
export function probeCallOf(workload: Workload): { readonly tool: string; readonly arguments: object } | null {
  const [most] = workload.tools.toSorted((a, b) => b.weight - a.weight)
  return most ? { tool: most.name, arguments: most.arguments(fixed, {}) } : null
}
