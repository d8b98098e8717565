import { takeOverAfter } from './cluster-of.ts'
import type { NodeFault } from './fault.ts'

/** Sockets close at once, as when the process dies and its host does not. */
export const failOver: NodeFault = {
  name: 'fail-over',
  title: 'the primary killed, a replica promoted and new connections led to it',
  ...takeOverAfter('SIGKILL'),
}
