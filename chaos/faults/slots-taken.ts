import type { DatabaseControl } from '../../src/domain/node-control.ts'
import { asks, byAnswer, databaseOf, heldBy, sqlStateOf } from './database-of.ts'
import type { NodeFault } from './fault.ts'

/** More than any sensible max_connections: a bound on what we take. */
const sessionsMax = 2_000
/** Side by side, so that hundreds are taken within the time that applying a fault has. */
const batch = 10
/** The system lets go of connections, too; what becomes free is taken after this. */
const takeEveryMs = 100

const tooManyConnections = '53300'

/** Only while one of ours is among them: a system that takes all slots by itself is not this fault. */
const allTaken = (
  injectionId: string,
) => `select bool_or(${heldBy(injectionId)}) and count(*) >= current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true), '0')::int
  from pg_stat_activity where backend_type = 'client backend'`

async function takeOne(database: DatabaseControl): Promise<boolean> {
  try {
    await database.hold([], 'application')
    return true
  } catch (error) {
    if (sqlStateOf(error) === tooManyConnections) return false
    throw error
  }
}

/** Until the database refuses one. */
async function takeAll(database: DatabaseControl, signal: AbortSignal | null): Promise<void> {
  for (let taken = 0; taken < sessionsMax && signal?.aborted !== true; taken += batch) {
    const held = await Promise.all(Array.from({ length: batch }, () => takeOne(database)))
    if (held.includes(false)) return
  }
}

/** Somebody else has taken every connection slot that ordinary users have: new ones are refused with 53300. */
export const slotsTaken: NodeFault = {
  name: 'slots-taken',
  title: 'all connection slots taken by others (53300 for new ones)',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  minimumForMs: 3_000,
  parameters: {},
  apply: (node) => takeAll(databaseOf(node), null),
  async during(node, _, { signal, sleep }) {
    while (!signal.aborted) {
      await sleep(takeEveryMs)
      if (!signal.aborted && (await takeOne(databaseOf(node)))) await takeAll(databaseOf(node), signal)
    }
  },
  heal: (node) => databaseOf(node).release(),
  question: (_, id) => asks(allTaken(id)),
  isAffected(sample) {
    // Where even the reserved slots are taken, our own connection is refused.
    if (sample.sqlState === tooManyConnections) return true
    return byAnswer(sample, (answer) => answer === 'true')
  },
}
