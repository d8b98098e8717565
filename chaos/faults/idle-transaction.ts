import { asks, byAnswer, databaseOf, heldBy, quoted } from './database-of.ts'
import { type NodeFault, numberOf, textOf } from './fault.ts'

/** A client that forgot to commit: rows that it has changed stay locked, and old rows cannot be cleaned up. */
export const idleTransaction: NodeFault = {
  name: 'idle-transaction',
  title: 'a transaction left open that holds rows of a table',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  combines: true,
  minimumForMs: 2_000,
  parameters: {
    table: { kind: 'name', unit: '', why: 'its name, with its schema where it needs one' },
    rows: { kind: 'count', unit: 'count', min: 1, max: 1_000_000, default: 1_000, why: 'the first so many are locked' },
  },
  apply: (node, parameters) =>
    databaseOf(node).hold(
      [
        'begin',
        `select 1 from ${quoted(textOf(parameters, 'table'))} limit ${numberOf(parameters, 'rows')} for update`,
      ],
      'superuser',
    ),
  heal: (node) => databaseOf(node).release(),
  question: (_, id) =>
    asks(`select count(*) from pg_stat_activity where state = 'idle in transaction' and ${heldBy(id)}`),
  isAffected: (sample) => byAnswer(sample, (answer) => answer !== '0'),
}
