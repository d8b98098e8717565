import { asks, byAnswer, databaseOf } from './database-of.ts'
import type { NodeFault } from './fault.ts'

/** Something to archive, in one segment of 16 MB; 0.3 s before it the archiver has read its new command. */
const switchSegment = `select pg_sleep(0.3);
  select pg_logical_emit_message(false, 'squall', 'archiving-failing');
  select pg_switch_wal()`

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
  heal: (node) => databaseOf(node).release(),
  question: () =>
    asks("select coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) from pg_stat_archiver"),
  isAffected: (sample) => byAnswer(sample, (answer) => answer === 'true'),
}
