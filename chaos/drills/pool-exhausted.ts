import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withoutReplica } from './parts.ts'

/** RTO as for a lost connection (targets.md, B). */
export const poolExhausted: Drill = {
  name: 'pool-exhausted',
  title: 'a locked table holds every connection of the pool',
  hypothesis:
    'Callers are told so in time, the pool is whole again as soon as the lock is gone, and no connection leaks.',
  steps: [
    { kind: 'inject', text: 'the table of messages is locked against everybody, as by a migration' },
    { kind: 'detect', text: 'the pool fills, and callers wait' },
    { kind: 'act', text: 'nobody acts: query and acquire limits end the waiting' },
    {
      kind: 'verify',
      text: 'writes succeed again for 5 s; no connection is held for good; every acknowledged write is there',
    },
    { kind: 'heal', text: 'the lock is let go after ten seconds, which count' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '30 s', every: 'month' },
    stack: withoutReplica(),
    load: smallLoad('34 s'),
    faults: [
      {
        id: 'table-held',
        fault: 'table-locked',
        on: 'primary',
        with: { table: 'messages' },
        start: { phase: 'steady', at: '7 s' },
        for: '10 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'table-held', max: '5 min' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      { id: 'leaked', measure: 'pool.leaked', during: 'run', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
