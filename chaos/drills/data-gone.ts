import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesTold, withBackups } from './parts.ts'

interface Way {
  readonly name: string
  /** What it is restored from. */
  readonly from: string
  readonly by: 'base-backup' | 'dump'
  /** How often that is taken in production, as a key of `backups`. */
  readonly schedule: Readonly<Record<string, string>>
  readonly act: string
}

/** The database and its disk are gone. Bounds: targets.md, B. */
export function dataGone({ name, from, by, schedule, act }: Way): Drill {
  return {
    name,
    title: `the database and its disk are gone; restored from ${from}`,
    hypothesis: 'Within 30 minutes the database serves again, with all its tables; at most a day is lost.',
    steps: [
      { kind: 'inject', text: 'every process of the database is killed, and its data directory is gone' },
      { kind: 'detect', text: 'nothing answers, and nothing can be started' },
      { kind: 'act', text: act },
      {
        kind: 'verify',
        text: 'all tables are there, keys and indexes hold; writes succeed again; each that was acknowledged and is missing is counted',
      },
      { kind: 'heal', text: 'nothing is left to heal: the restored database is the database' },
    ],
    plan: {
      extends: 'base',
      drill: { horizon: '40 s', every: 'quarter' },
      stack: withBackups({ archive_timeout: '60 s', ...schedule, production_size: '50 GiB' }),
      load: smallLoad('44 s'),
      faults: [
        {
          id: 'data-gone',
          fault: 'data-lost',
          on: 'primary',
          with: { by },
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
        ...updatesTold,
        ...ledgerUntouched,
      ],
    },
  }
}
