import type { NodeFault } from './fault.ts'

/** The process is stopped in mid-breath (SIGSTOP), with its sockets open: a long pause, a host that hangs. */
export const freeze: NodeFault = {
  name: 'freeze',
  title: 'the process stands still with its sockets open (SIGSTOP), and goes on at the end',
  on: 'node',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (node) => node.signal('SIGSTOP'),
  heal: (node) => node.signal('SIGCONT'),
  // A fresh connection waits behind all that came while nobody took it: that is how the node recovers, no longer the harm.
  seenBy: () => ['long'],
  isAffected: (sample) => sample.error !== null,
}
