import type { NodeFault } from './fault.ts'

/** PostgreSQL goes down at once, as `pg_ctl -m immediate` does, and stays down: the next start replays its log. */
export const restart: NodeFault = {
  name: 'restart',
  title: 'the database stopped in order and started anew at once',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  apply: (node) => node.stop(3_000),
  during: (node) => node.start(),
  heal: (node) => node.start(),
  isAffected: (sample) => sample.error !== null,
}
