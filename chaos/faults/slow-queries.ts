import { byAnswer, databaseOf, quoted, sqlStateOf, tablesHeldBy, untilOver } from './database-of.ts'
import { type NodeFault, numberOf, textOf } from './fault.ts'

/** Behind a transaction that is longer than this we do not queue: everybody would wait behind us for nothing. */
const lockMsMax = 2_000
const lockNotAvailable = '55P03'

/**
 * Queries on one table are slow, not stuck: it is locked for `hold`, free for `gap`, and so on, so that whoever comes
 * while it is locked waits for half of `hold` on average, as behind a bad plan or a busy disk.
 */
export const slowQueries: NodeFault = {
  name: 'slow-queries',
  title: 'queries on one table held up for a moment each, by a lock that comes and goes',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'launch',
  combines: true,
  minimumForMs: 5_000,
  parameters: {
    table: { kind: 'name', unit: '', why: 'its name, with its schema where it needs one' },
    hold: {
      kind: 'duration',
      unit: 'ms',
      min: 50,
      max: 2_000,
      default: 200,
      why: 'how long the table is locked; less than 50 ms may fall between two samples of ours',
    },
    gap: { kind: 'duration', unit: 'ms', min: 20, max: 10_000, default: 200, why: 'how long it is free' },
  },
  // A table that is not there is told at once.
  apply: async (node, parameters) => {
    await databaseOf(node).run(`select '${quoted(textOf(parameters, 'table'))}'::regclass`)
  },
  async during(node, parameters, doing) {
    const table = quoted(textOf(parameters, 'table'))
    // One message and one transaction: the lock is let go with it whatever becomes of us.
    const turn = `set lock_timeout = ${lockMsMax}; begin; lock table ${table} in access exclusive mode;
      select pg_sleep(${numberOf(parameters, 'hold') / 1_000}); commit`
    while (!doing.signal.aborted) {
      const work = databaseOf(node)
        .run(turn)
        .catch((error: unknown) => {
          if (sqlStateOf(error) !== lockNotAvailable) throw error
        })
      await untilOver(doing, work)
      await doing.sleep(numberOf(parameters, 'gap'))
    }
  },
  heal: (node) => databaseOf(node).release(),
  question: (_, id) => tablesHeldBy(id),
  isAffected: (sample) => byAnswer(sample, (answer) => answer !== '0'),
}
