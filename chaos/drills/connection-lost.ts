import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withoutReplica } from './parts.ts'

/** RTO: targets.md, B. Its RPO is minutes there; here nothing may be lost, since the database itself is well. */
export const connectionLost: Drill = {
  name: 'connection-lost',
  title: 'the database cannot be reached, for ten seconds',
  hypothesis:
    'The server\u2019s pool finds its way back by itself within five minutes, and nothing that was acknowledged is lost.',
  steps: [
    { kind: 'inject', text: 'the link to the database is cut: connections end, new ones are refused' },
    { kind: 'detect', text: 'writes fail at once, with an error that says why' },
    { kind: 'act', text: 'nobody acts: the pool connects anew' },
    { kind: 'verify', text: 'writes succeed again for 5 s; every acknowledged write is there' },
    { kind: 'heal', text: 'the link is there again after ten seconds, which count' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '30 s', every: 'month' },
    stack: withoutReplica(),
    load: smallLoad('30 s'),
    faults: [
      {
        id: 'link-down',
        fault: 'down',
        on: 'db',
        start: { phase: 'steady', at: '7 s' },
        for: '10 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'link-down', max: '5 min' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
