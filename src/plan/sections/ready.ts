import { textOf } from '../known.ts'
import type { Problems } from '../problems.ts'
import { complain, type Spot } from '../shape.ts'

/** Until a node is ready; a server that fills its caches first takes some seconds. */
export const readyMsDefault = 60_000

export function urlPath(spot: Spot, problems: Problems): string | undefined {
  const path = textOf(spot.tree)
  return path?.startsWith('/') ? path : complain(spot, problems, 'a path that starts with /, such as /ready')
}
