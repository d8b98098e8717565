import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withReplica } from './parts.ts'

/** Lag: alert above 60 s, under 1 s under load (targets.md, A and B). */
export const replicationLag: Drill = {
  name: 'replication-lag',
  title: 'a replica falls behind for ten seconds, and catches up',
  hypothesis: 'The primary takes writes as before, the lag is seen, and is gone soon after.',
  steps: [
    { kind: 'inject', text: 'nothing passes on the replication link for ten seconds' },
    { kind: 'detect', text: 'the replay lag grows' },
    { kind: 'act', text: 'nobody acts' },
    { kind: 'verify', text: 'writes go on; ten seconds later the lag is under a second again; nothing is lost' },
    { kind: 'heal', text: 'the link passes again' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '30 s', every: 'month' },
    stack: withReplica(),
    load: smallLoad('40 s'),
    faults: [
      {
        id: 'link-silent',
        fault: 'black-hole',
        on: 'replication',
        start: { phase: 'steady', at: '7 s' },
        for: '10 s',
        recovery: '10 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      // The primary is not to notice: writes go on at once.
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'link-silent', max: '1 s' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      { id: 'lag', measure: 'database.replay_lag.max', during: 'link-silent', max: '1 min' },
      { id: 'caught-up', measure: 'database.replay_lag.max', during: 'steady.clear', max: '1 s' },
      // Whoever reads there sees the past meanwhile, and only then.
      { id: 'stale-meanwhile', measure: 'data.stale_reads', during: 'link-silent', max: 0, judged: false },
      { id: 'stale', measure: 'data.stale_reads', during: 'steady.clear', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
