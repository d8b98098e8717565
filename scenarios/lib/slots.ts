import type { Random } from './workload.ts'

/** The dice of a slot: `draw` gives numbers in [0, 1). */
export function slotRandom(draw: () => number): Random {
  const { floor } = Math
  return {
    next: draw,
    int: (min, max) => min + floor(draw() * (max - min + 1)),
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('nothing to pick from')
      return items[floor(draw() * items.length)] as T
    },
  }
}

export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}

/**
 * A workload's calls in the order of the generator's numbers. Throws where the two do not fit together: the harness has
 * told the generator other names than the workload has.
 */
export function inOrder<T extends { readonly name: string }>(
  workload: string,
  calls: readonly T[],
  names: readonly string[],
): T[] {
  const byName = new Map(calls.map((call) => [call.name, call]))
  return names.map((name) => {
    const call = byName.get(name)
    if (call === undefined) throw new Error(`workload ${workload} has no call "${name}"`)
    return call
  })
}
