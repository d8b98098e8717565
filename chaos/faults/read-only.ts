import { asks, byAnswer, databaseOf } from './database-of.ts'
import type { NodeFault } from './fault.ts'

/** Reads go on and writes are refused (25006): the primary was demoted, or its disk is nearly full. */
export const readOnly: NodeFault = {
  name: 'read-only',
  title: 'the database refuses writes (25006), reads go on',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  combines: true,
  minimumForMs: 2_000,
  parameters: {},
  apply: (node) => databaseOf(node).setting('default_transaction_read_only', 'on'),
  heal: (node) => databaseOf(node).release(),
  question: () => asks('show transaction_read_only'),
  isAffected: (sample) => byAnswer(sample, (answer) => answer === 'on'),
}
