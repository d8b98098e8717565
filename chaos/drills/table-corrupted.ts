import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withBackups } from './parts.ts'

/**
 * A dropped table is brought back alone, from a point-in-time recovery to just before: nothing that other tables took
 * since is lost. Bounds: targets.md, B; the worst case is what the archive's schedule can lose.
 */
export const tableCorrupted: Drill = {
  name: 'table-corrupted',
  title: 'a table is dropped, then another wrongly updated; both come back by point-in-time recovery',
  hypothesis:
    'Within 15 minutes each table is as it was just before, at the size of production too, and nothing else has changed.',
  steps: [
    { kind: 'inject', text: 'the table of support tickets is dropped, as by a migration on the wrong database' },
    { kind: 'detect', text: 'whoever asks for the table is told that there is none' },
    {
      kind: 'act',
      text: 'the newest base backup is restored elsewhere and brought forward to a named point just before; that table alone is brought back',
    },
    { kind: 'verify', text: 'rows and checksum are those of just before; keys, indexes and sequences hold' },
    { kind: 'inject', text: 'then one column of all customers is overwritten; the same way brings its rows back' },
    { kind: 'heal', text: 'nothing is left to heal: the tables are back' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '20 s', every: 'month' },
    stack: withBackups({ archive_timeout: '60 s', base_every: '24 h', production_size: '50 GiB' }),
    load: smallLoad('44 s'),
    faults: [
      {
        id: 'table-gone',
        fault: 'table-dropped',
        on: 'primary',
        with: { table: 'support_tickets' },
        start: { phase: 'steady', at: '7 s' },
        for: '3 s',
        recovery: '8 s',
      },
      {
        id: 'rows-wrong',
        fault: 'rows-overwritten',
        on: 'primary',
        with: { table: 'customers' },
        start: { phase: 'steady', at: '27 s' },
        for: '3 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto-table', measure: 'restore.duration', during: 'table-gone', max: '15 min' },
      { id: 'rto-rows', measure: 'restore.duration', during: 'rows-wrong', max: '15 min' },
      { id: 'rto-at-size', measure: 'restore.duration_at_size', during: 'table-gone', max: '15 min' },
      { id: 'rpo', measure: 'data.rpo_worst_case', during: 'table-gone', max: '15 min' },
      { id: 'table-whole', measure: 'restore.tables', during: 'table-gone', max: 0 },
      { id: 'table-rows', measure: 'restore.rows_match', during: 'table-gone', is: true },
      { id: 'rows-rows', measure: 'restore.rows_match', during: 'rows-wrong', is: true },
      { id: 'others-lost', measure: 'data.lost_writes', during: 'run', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
