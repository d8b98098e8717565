import { asks, byAnswer, databaseOf, heldBy, quoted, sqlStateOf, untilOver } from './database-of.ts'
import { type Doing, type FaultParameters, type NodeFault, numberOf, textOf } from './fault.ts'

/** Of the advisory lock that remembers, as its second number, how many deadlocks there were before. */
const memory = 7_385

const counted = 'select coalesce(sum(deadlocks), 0) as deadlocks from pg_stat_database'
const moreThanBefore = (injectionId: string) => `select (${counted}) > min(objid::bigint) from pg_locks
  where locktype = 'advisory' and classid = ${memory}
  and pid in (select pid from pg_stat_activity where ${heldBy(injectionId)})`

/** How long a round waits for somebody who has `first` and wants `second`; who else wants it waits as long. */
const waitingMs = 2_000
const lookEveryMs = 10

/**
 * Whoever finds a deadlock is ended, and looks for one once, after its deadlock_timeout, 1 s by default. So that it is
 * never us, ours is long; and so that it is not too late for those who queued behind us, we wait less for `second`.
 */
const deadlockTimeout = '5s'
const waitForSecond = '500ms'
const waitForFirst = '2500ms'
const neither: readonly (string | null)[] = ['40P01', '55P03'] // deadlock_detected, lock_not_available

function roundOf(parameters: FaultParameters): string {
  const [first, second] = [quoted(textOf(parameters, 'first')), quoted(textOf(parameters, 'second'))]
  return `set deadlock_timeout = '${deadlockTimeout}'; set lock_timeout = '${waitForSecond}';
    begin; lock table ${second} in access exclusive mode;
    do $$ begin for look in 1..${waitingMs / lookEveryMs} loop
      exit when exists (select from pg_locks has join pg_locks wants using (pid)
        where has.granted and has.relation = '${first}'::regclass
        and not wants.granted and wants.relation = '${second}'::regclass);
      perform pg_sleep(${lookEveryMs / 1_000});
    end loop; end $$;
    set local lock_timeout = '${waitForFirst}'; lock table ${first} in access exclusive mode; rollback`
}

/**
 * The system's own transactions are made to deadlock (40P01). We take `second`, wait until somebody who already has
 * `first` waits for it, and ask for `first`: PostgreSQL then ends one of the two. Seen by PostgreSQL's own count.
 */
export const deadlocks: NodeFault = {
  name: 'deadlocks',
  title: 'transactions that use two tables forced into deadlocks (40P01)',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  combines: true,
  minimumForMs: 5_000,
  parameters: {
    first: { kind: 'name', unit: '', why: 'the table that the system’s transactions read or write first' },
    second: { kind: 'name', unit: '', why: 'the table that they write next' },
    pause: { kind: 'duration', unit: 'ms', min: 50, max: 10_000, default: 500, why: 'between two rounds' },
  },
  async apply(node) {
    const [row] = await databaseOf(node).run(counted)
    await databaseOf(node).hold([`select pg_advisory_lock(${memory}, ${Number(row?.deadlocks)})`], 'superuser')
  },
  async during(node, parameters, doing: Doing) {
    const round = roundOf(parameters)
    while (!doing.signal.aborted) {
      const work = databaseOf(node)
        .run(round)
        .catch((error: unknown) => {
          // Ours was ended, or got no lock in time: the next round is another chance.
          if (!neither.includes(sqlStateOf(error))) throw error
        })
      await untilOver(doing, work)
      await doing.sleep(numberOf(parameters, 'pause'))
    }
  },
  heal: (node) => databaseOf(node).release(),
  question: (_, id) => asks(moreThanBefore(id)),
  isAffected: (sample) => byAnswer(sample, (answer) => answer === 'true'),
}
