import type { NodeFault } from './fault.ts'

/** The process dies at once, with all its children: no goodbye, no flush. It is started anew when the fault ends. */
export const kill: NodeFault = {
  name: 'kill',
  title: 'the process killed (SIGKILL), and started anew at the end',
  on: 'node',
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (node) => node.signal('SIGKILL'),
  heal: (node) => node.start(),
  isAffected: (sample) => sample.error !== null,
}
