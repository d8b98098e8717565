import { blackHole } from './black-hole.ts'
import { down } from './down.ts'
import type { LinkFault } from './fault.ts'
import { latency } from './latency.ts'
import { reset } from './reset.ts'

/** Every fault that a plan may name. One fault, one file, one line here. */
export const faults: ReadonlyMap<string, LinkFault> = new Map(
  [latency, reset, down, blackHole].map((fault) => [fault.name, fault]),
)
