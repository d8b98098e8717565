import { byAnswer, databaseOf, quoted, tablesHeldBy } from './database-of.ts'
import { type NodeFault, textOf } from './fault.ts'

/** Somebody holds a table against all readers and writers: a migration that waits, a VACUUM FULL at noon. */
export const tableLocked: NodeFault = {
  name: 'table-locked',
  title: 'one table locked against everybody (ACCESS EXCLUSIVE)',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  combines: true,
  minimumForMs: 2_000,
  parameters: { table: { kind: 'name', unit: '', why: 'its name, with its schema where it needs one' } },
  apply: (node, parameters) =>
    databaseOf(node).hold(
      ['begin', `lock table ${quoted(textOf(parameters, 'table'))} in access exclusive mode`],
      'superuser',
    ),
  heal: (node) => databaseOf(node).release(),
  question: (_, id) => tablesHeldBy(id),
  isAffected: (sample) => byAnswer(sample, (answer) => answer !== '0'),
}
