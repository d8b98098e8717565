import type { Drill } from './drill.ts'
import { ledgerSound, smallLoad, withReplica } from './parts.ts'

/** One machine stands for both sites, so that what lies between them is not measured. Bounds: targets.md, B. */
export const datacenterLost: Drill = {
  name: 'datacenter-lost',
  title: 'a site is gone with its database and its server, the other takes over',
  hypothesis: 'The other site serves within two hours, with at most a day lost; here it is to be seconds.',
  steps: [
    { kind: 'inject', text: 'primary and server stand still or die at one moment' },
    { kind: 'detect', text: 'health checks of both fail' },
    {
      kind: 'act',
      text: 'after 2 s the replica of the other site is promoted and the route led there; after 2 s a server is started beside it',
    },
    {
      kind: 'verify',
      text: 'writes by its tools succeed for 5 s; every acknowledged write is looked for on the new primary',
    },
    { kind: 'heal', text: 'the lost database is ended, and comes back as a replica' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '40 s', every: 'quarter' },
    stack: withReplica({ promote: { after: '2 s' }, restart: { after: '2 s' } }),
    load: smallLoad('50 s'),
    faults: [
      {
        id: 'database-gone',
        fault: 'host-lost',
        on: 'primary',
        with: { by: 'supervisor' },
        start: { phase: 'steady', at: '7 s' },
        for: '32 s',
        recovery: '8 s',
      },
      { id: 'server-gone', fault: 'kill', on: 'server', start: { phase: 'steady', at: '7 s' }, for: '32 s' },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'database-gone', max: '2 h' },
      { id: 'rpo', measure: 'data.rpo', during: 'run', max: '24 h' },
      ...ledgerSound,
    ],
  },
}
