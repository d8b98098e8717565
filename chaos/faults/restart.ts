import type { NodeFault } from './fault.ts'

/** After that it is killed, and replays its log: applying a fault as a whole has 5 s. */
const graceMs = 3_000

/** As an operator restarts it after a change: it ends every session, writes what it has to ("fast"), and is back. */
export const restart: NodeFault = {
  name: 'restart',
  title: 'the database stopped in order and started anew at once',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (node) => node.stop(graceMs),
  during: (node) => node.start(),
  heal: (node) => node.start(),
  isAffected: (sample) => sample.error !== null,
}
