import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, withBackups } from './parts.ts'

/** What was written after the last archived segment is lost. Bounds: targets.md, B. */
export const databaseLost: Drill = {
  name: 'database-lost',
  title: 'the database and its disk are gone; restored from a base backup and the archive',
  hypothesis: 'Within 30 minutes the database serves again, with all its tables; at most a day is lost.',
  steps: [
    { kind: 'inject', text: 'every process of the database is killed, and its data directory is gone' },
    { kind: 'detect', text: 'nothing answers, and nothing can be started' },
    {
      kind: 'act',
      text: 'the newest base backup is restored in place and brought forward by all of the log that was archived; then it is started',
    },
    {
      kind: 'verify',
      text: 'all tables are there, keys and indexes hold; writes succeed again; each that was acknowledged and is missing is counted',
    },
    { kind: 'heal', text: 'nothing is left to heal: the restored database is the database' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '40 s', every: 'quarter' },
    stack: withBackups({ archive_timeout: '60 s', base_every: '24 h', production_size: '50 GiB' }),
    load: smallLoad('44 s'),
    faults: [
      {
        id: 'data-gone',
        fault: 'data-lost',
        on: 'primary',
        with: { by: 'base-backup' },
        start: { phase: 'steady', at: '7 s' },
        for: '4 s',
        recovery: '12 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'data-gone', max: '30 min' },
      { id: 'rto-at-size', measure: 'restore.duration_at_size', during: 'data-gone', max: '30 min' },
      { id: 'rpo', measure: 'data.rpo', during: 'run', max: '24 h' },
      { id: 'rpo-worst', measure: 'data.rpo_worst_case', during: 'data-gone', max: '24 h' },
      { id: 'lost', measure: 'data.lost_writes', during: 'run', max: 0, judged: false },
      { id: 'tables', measure: 'restore.tables', during: 'data-gone', max: 0 },
      { id: 'rows', measure: 'restore.rows_match', during: 'data-gone', is: true },
      ...ledgerUntouched,
    ],
  },
}
