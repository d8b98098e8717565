import { databaseOf, heldSessions, quoted } from './database-of.ts'
import { type NodeFault, numberOf, textOf } from './fault.ts'

const here = `select count(*) from pg_stat_activity where ${heldSessions} and query like '%lock table%'`

/**
 * The system's own transactions are made to deadlock (40P01). We take `second`, wait until somebody who already has
 * `first` waits for it, and ask for `first`: PostgreSQL then ends one of the two, and that is the one whose
 * deadlock_timeout of 1 s ends first, the system's.
 */
export const deadlocks: NodeFault = {
  name: 'deadlocks',
  title: 'transactions that use two tables forced into deadlocks (40P01)',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  minimumForMs: 5_000,
  parameters: {
    first: { kind: 'name', unit: '', why: 'the table that the system’s transactions write first' },
    second: { kind: 'name', unit: '', why: 'the table that they write next' },
    pause: { kind: 'duration', unit: 'ms', min: 50, max: 10_000, default: 500, why: 'between two rounds' },
  },
  apply: async () => undefined,
  async during(node, parameters, { signal, sleep }) {
    const database = databaseOf(node)
    const [first, second] = [quoted(textOf(parameters, 'first')), quoted(textOf(parameters, 'second'))]
    // Half a second for somebody to come and wait; ours gives up after that, and the next round begins.
    const round = `set lock_timeout = '2500ms'; begin; lock table ${second} in access exclusive mode;
      select pg_sleep(0.5); lock table ${first} in access exclusive mode; rollback`
    while (!signal.aborted) {
      // Ours may be the one that is ended, or may get no lock in time: the next round is another chance.
      await database.run(round).catch(() => undefined)
      await sleep(numberOf(parameters, 'pause'))
    }
  },
  heal: (node) => databaseOf(node).release(),
  question: () => ({ sql: here, isLarge: false }),
  isAffected: (sample) => sample.error !== null || sample.answer !== '0',
}
