import { databaseOf } from './database-of.ts'
import type { NodeFault } from './fault.ts'

/** More than any sensible max_connections (src/plan/limits.ts). */
const sessionsMax = 2_000

const allTaken = `select count(*) >= current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
  from pg_stat_activity where backend_type = 'client backend'`

/** Somebody else has taken every connection slot that ordinary users have: new ones are refused with 53300. */
export const slotsTaken: NodeFault = {
  name: 'slots-taken',
  title: 'all connection slots taken by others (53300 for new ones)',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  async apply(node) {
    const database = databaseOf(node)
    for (let held = 0; held < sessionsMax; held += 1) {
      const [row] = await database.run(allTaken)
      if (Object.values(row ?? {})[0] === 't') return
      await database.hold(['select 1'], 'application')
    }
  },
  heal: (node) => databaseOf(node).release(),
  question: () => ({ sql: allTaken, isLarge: false }),
  isAffected: (sample) => sample.error !== null || sample.answer === 'true',
}
