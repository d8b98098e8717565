import { asks, byAnswer, databaseOf } from './database-of.ts'
import type { NodeFault } from './fault.ts'

/** Something to archive, in a segment of 16 MB of its own. */
const switchSegment = `select pg_logical_emit_message(false, 'squall', 'archiving-failing');
  select pg_switch_wal()`
const isFailing =
  "select coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as is from pg_stat_archiver"
/** The archiver reads its new command some ms after it was told to; a segment that it took before is no failure. */
const lookEveryMs = 500

/** The log piles up on the primary, and a recovery to a point in time ends where archiving did. */
export const archivingFailing: NodeFault = {
  name: 'archiving-failing',
  title: 'archive_command fails: the log piles up, and backups end where it began',
  on: 'node',
  roles: ['postgres'],
  judgedBy: 'launch',
  minimumForMs: 2_000,
  parameters: {},
  async apply(node) {
    const database = databaseOf(node)
    await database.setting('archive_command', 'false')
    await database.run(switchSegment)
  },
  async during(node, _, { signal, sleep }) {
    const database = databaseOf(node)
    while (!signal.aborted) {
      await sleep(lookEveryMs)
      if (signal.aborted) return
      const [row] = await database.run(isFailing)
      if (row?.is === 't') return
      await database.run(switchSegment)
    }
  },
  heal: (node) => databaseOf(node).release(),
  question: () => asks(isFailing),
  isAffected: (sample) => byAnswer(sample, (answer) => answer === 'true'),
}
