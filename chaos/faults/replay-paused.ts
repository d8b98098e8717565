import { asks, byAnswer, databaseOf } from './database-of.ts'
import type { NodeFault } from './fault.ts'

/** The replica receives and does not replay: whoever reads from it reads the past, and a promotion takes longer. */
export const replayPaused: NodeFault = {
  name: 'replay-paused',
  title: 'a replica receives the log and does not replay it: its readers see the past',
  on: 'node',
  roles: ['postgres'],
  isReplicated: true,
  judgedBy: 'bounded',
  minimumForMs: 2_000,
  parameters: {},
  async apply(node) {
    await databaseOf(node).run('select pg_wal_replay_pause()')
  },
  async heal(node) {
    // One that was promoted meanwhile replays nothing.
    await databaseOf(node).run('select case when pg_is_in_recovery() then pg_wal_replay_resume() end')
    await databaseOf(node).release()
  },
  question: () => asks('select pg_get_wal_replay_pause_state()'),
  isAffected: (sample) => byAnswer(sample, (answer) => answer === 'paused'),
}
