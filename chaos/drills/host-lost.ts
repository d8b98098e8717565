import type { Drill } from './drill.ts'
import { ledgerSound, smallLoad, withReplica } from './parts.ts'

/** What a fail-over by closed sockets hides: a pool that waits on silent ones. A minute is promised
 * for streaming replication (targets.md, B); the fault lasts 32 s, and what is not back by 25 s waits for its sockets. */
export const hostLost: Drill = {
  name: 'host-lost',
  title: 'the primary\u2019s host is gone without a goodbye, a replica takes over',
  hypothesis: 'Writes go on within 25 seconds, though every open socket of the server stays open and silent.',
  steps: [
    { kind: 'inject', text: 'every process of the primary stands still, its sockets stay open: nobody is told' },
    { kind: 'detect', text: 'a health check of the primary has no answer for 500 ms' },
    { kind: 'act', text: 'after 2 s the replica is promoted, and new connections are led to it' },
    {
      kind: 'verify',
      text: 'writes succeed again for 5 s, by the tools of the server too: a pool that waits on silent sockets does not recover with the database',
    },
    { kind: 'heal', text: 'the old primary is ended, and comes back as a replica' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '40 s', every: 'quarter' },
    stack: withReplica({ promote: { after: '2 s' } }),
    load: smallLoad('50 s'),
    faults: [
      {
        id: 'host-gone',
        fault: 'host-lost',
        on: 'primary',
        with: { by: 'supervisor' },
        start: { phase: 'steady', at: '7 s' },
        for: '32 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'host-gone', max: '25 s' },
      { id: 'rpo', measure: 'data.rpo', during: 'run', max: '5 s' },
      ...ledgerSound,
    ],
  },
}
