import { asks, byAnswer } from './database-of.ts'
import { type NodeFault, numberOf } from './fault.ts'

const outOfMemory = '53200'

/**
 * Each process of the database may have so much private memory and no more: queries that sort, hash or sum up beyond it
 * fail (53200), as on a host whose memory others have taken. Shared buffers do not count.
 */
export const memoryTaken: NodeFault = {
  name: 'memory-taken',
  title: 'no process of the database may have more than `each` of memory (53200)',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {
    each: {
      kind: 'size',
      unit: 'bytes',
      min: 3 * 2 ** 20,
      max: 64 * 2 ** 20,
      default: 4 * 2 ** 20,
      why: 'an idle backend has 1.8 MiB, one that has been at work 3 to 5; above 64 MiB our own question would take too much',
    },
  },
  apply: (node, parameters) => node.takeMemory(numberOf(parameters, 'each')),
  heal: (node) => node.giveMemoryBack(),
  // As much again as is allowed.
  question: (parameters) => asks(`select length(repeat('x', ${numberOf(parameters, 'each')}))`),
  // Of what a backend has once had, the C library keeps a part: our long-lived one might ask for nothing new.
  seenBy: () => ['fresh'],
  isAffected: (sample) => (sample.sqlState === outOfMemory ? true : byAnswer(sample, () => false)),
}
