import type { Drill } from './drill.ts'
import { smallLoad, withBackups } from './parts.ts'

/**
 * A backup is proven by what it holds, not by an exit code: a restore that ends with 0 and lacks a table, or rows, fails;
 * one with a migration tool's own table passes. Bounds: targets.md, A (backup older than 24 h alerts) and B.
 */
export const backupVerify: Drill = {
  name: 'backup-verify',
  title: 'the newest base backup is restored elsewhere, and proven by its content',
  hypothesis: 'It can be restored within 30 minutes at the size of production, and holds every table and row.',
  steps: [
    { kind: 'act', text: 'the newest base backup is restored on a server of its own, while the database is in use' },
    {
      kind: 'verify',
      text: 'tables, row counts, checksums, sequences, keys and indexes are those of when it was taken; the newest row tells its age',
    },
    { kind: 'heal', text: 'the restored server is ended, and its data removed' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '20 s', every: 'week', verifies: 'base-backup' },
    stack: withBackups({ archive_timeout: '60 s', base_every: '24 h', production_size: '50 GiB' }),
    load: smallLoad('16 s'),
    // Its first write comes before the backup: the generated data alone are as old as their seed has them.
    observe: { ledger: { via: 'tool', rate: '50/s' } },
    objectives: [
      { id: 'rto-at-size', measure: 'restore.duration_at_size', during: 'run', max: '30 min' },
      { id: 'rpo', measure: 'data.rpo_worst_case', during: 'run', max: '24 h' },
      { id: 'tables', measure: 'restore.tables', during: 'run', max: 0 },
      { id: 'rows', measure: 'restore.rows_match', during: 'run', is: true },
      // Of a backup that this run has taken itself, after a write of its own: not of yours.
      { id: 'age', measure: 'restore.newest_row_age', during: 'run', max: '24 h', judged: false },
      { id: 'lost', measure: 'data.lost_writes', during: 'run', max: 0 },
      { id: 'users-p95', measure: 'tool.latency.p95', during: 'steady', max: '5 s' },
      { id: 'users-errors', measure: 'tool.error_ratio', during: 'steady', max: 0.05 },
    ],
  },
}
