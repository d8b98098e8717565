import { comeBack, decide, decideAndHandOver, harmPrimary } from './cluster-of.ts'
import type { NodeFault } from './fault.ts'

/** Sockets close at once, as when the process dies and its host does not. */
export const failOver: NodeFault = {
  name: 'fail-over',
  title: 'the primary killed, a replica promoted and new connections led to it',
  on: 'node',
  roles: ['postgres'],
  isReplicated: true,
  endsProcess: true,
  judgedBy: 'bounded',
  minimumForMs: 4_000,
  parameters: { decide },
  apply: (node) => harmPrimary(node, 'SIGKILL'),
  during: decideAndHandOver,
  heal: comeBack,
  isAffected: (sample) => sample.error !== null,
}
