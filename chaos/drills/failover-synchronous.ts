import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withReplica } from './parts.ts'

/** What a synchronous replica has confirmed, it has: nothing that was acknowledged may be lost (PostgreSQL manual, 27.2.8). */
export const failoverSynchronous: Drill = {
  name: 'failover-synchronous',
  title: 'the primary dies, a synchronous replica takes over',
  hypothesis: 'Writes go on within a minute, and none that was acknowledged is lost.',
  steps: [
    { kind: 'inject', text: 'every process of the primary is killed (SIGKILL)' },
    { kind: 'detect', text: 'a health check of the primary fails' },
    { kind: 'act', text: 'after 2 s the replica is promoted, and new connections are led to it' },
    { kind: 'verify', text: 'writes succeed again for 5 s; every acknowledged write is on the new primary' },
    { kind: 'heal', text: 'the old primary comes back as a replica, with a copy of the new one' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '20 s', every: 'quarter' },
    stack: withReplica({ promote: { after: '2 s' } }, { synchronous: true }),
    load: smallLoad('36 s'),
    faults: [
      {
        id: 'primary-killed',
        fault: 'fail-over',
        on: 'primary',
        with: { by: 'supervisor' },
        start: { phase: 'steady', at: '8 s' },
        for: '18 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'primary-killed', max: '1 min' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
