import { databaseOf, heldSessions, quoted } from './database-of.ts'
import { type NodeFault, numberOf, textOf } from './fault.ts'

/** Also between two holds a session of ours is there, asleep. */
const here = `select count(*) from pg_stat_activity where ${heldSessions} and query like '%pg_sleep%'`

/**
 * Queries on one table are slow, not stuck: it is locked for `hold`, free for `gap`, and so on, so that whoever comes
 * waits for half of `hold` on average, as behind a bad plan or a busy disk.
 */
export const slowQueries: NodeFault = {
  name: 'slow-queries',
  title: 'queries on one table held up for a moment each, by a lock that comes and goes',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'launch',
  minimumForMs: 5_000,
  parameters: {
    table: { kind: 'name', unit: '', why: 'its name, with its schema where it needs one' },
    hold: { kind: 'duration', unit: 'ms', min: 20, max: 2_000, default: 200, why: 'how long the table is locked' },
    gap: { kind: 'duration', unit: 'ms', min: 20, max: 10_000, default: 200, why: 'how long it is free' },
  },
  apply: async () => undefined,
  async during(node, parameters, { signal }) {
    const table = quoted(textOf(parameters, 'table'))
    const [holdS, gapS] = [numberOf(parameters, 'hold') / 1_000, numberOf(parameters, 'gap') / 1_000]
    // One message: the lock is let go with the transaction whatever becomes of us.
    const turn = `begin; lock table ${table} in access exclusive mode; select pg_sleep(${holdS}); commit;
      select pg_sleep(${gapS})`
    while (!signal.aborted) await databaseOf(node).run(turn)
  },
  heal: (node) => databaseOf(node).release(),
  question: () => ({ sql: here, isLarge: false }),
  isAffected: (sample) => sample.error !== null || sample.answer !== '0',
}
