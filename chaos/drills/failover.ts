import type { Drill } from './drill.ts'
import { ledgerSound, smallLoad, withReplica } from './parts.ts'

/**
 * Replication is behind by a stated time when the primary dies, since on one machine an asynchronous replica is never
 * behind by itself (0 of 1,174 writes lost; measured with PostgreSQL 16). A slow link would not do: what is on its way
 * when the primary dies still arrives; so what is sent in that time is dropped.
 */
export const failover: Drill = {
  name: 'failover',
  title: 'the primary dies, an asynchronous replica that is a second behind takes over',
  hypothesis:
    'Writes go on within a minute, and what is lost of the acknowledged ones is seconds (targets: streaming replication).',
  steps: [
    {
      kind: 'inject',
      text: 'nothing reaches the replica any more; a second later every process of the primary is killed (SIGKILL)',
    },
    { kind: 'detect', text: 'a health check of the primary fails' },
    { kind: 'act', text: 'after 2 s of failed checks the replica is promoted, and new connections are led to it' },
    {
      kind: 'verify',
      text: 'writes succeed again, for 5 s; every acknowledged write is looked for on the new primary',
    },
    { kind: 'heal', text: 'the old primary comes back as a replica, with a copy of the new one' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '20 s', every: 'month' },
    stack: withReplica({ promote: { after: '2 s' } }),
    load: smallLoad('36 s'),
    faults: [
      {
        id: 'replication-behind',
        fault: 'timeout',
        on: 'replication',
        with: { after: '1 min' },
        start: { phase: 'steady', at: '7 s' },
        for: '12 s',
      },
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
      { id: 'rpo', measure: 'data.rpo', during: 'run', max: '5 s' },
      ...ledgerSound,
    ],
  },
}
