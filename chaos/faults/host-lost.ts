import { takeOverAfter } from './cluster-of.ts'
import type { NodeFault } from './fault.ts'

/**
 * A host that is gone says no goodbye: what was connected to it waits, with open sockets, while new connections already
 * reach the replica. It never goes on: thawed, it would take writes beside the new primary.
 */
export const hostLost: NodeFault = {
  name: 'host-lost',
  title: 'the primary silent with open sockets, a replica promoted and new connections led to it',
  ...takeOverAfter('SIGSTOP'),
}
