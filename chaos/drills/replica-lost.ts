import type { Drill } from './drill.ts'
import { ledgerUntouched, server, smallLoad, updatesKept } from './parts.ts'

/** All replicas at once: the primary is not to notice. Lag: under 1 s under load (targets.md, A). */
export const replicaLost: Drill = {
  name: 'replica-lost',
  title: 'all replicas die at once',
  hypothesis: 'The primary takes writes as before, and the replicas have caught up soon after they are back.',
  steps: [
    { kind: 'inject', text: 'every process of both replicas is killed (SIGKILL)' },
    { kind: 'detect', text: 'health checks of both fail' },
    { kind: 'act', text: 'after 2 s of failed checks each is started anew' },
    { kind: 'verify', text: 'writes go on at once; the replicas follow again, under a second behind; nothing is lost' },
    { kind: 'heal', text: 'nothing is left to heal: they run' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '20 s', every: 'quarter' },
    stack: {
      nodes: {
        server,
        primary: { max_connections: 130 },
        'replica-1': { role: 'postgres', follows: 'primary' },
        'replica-2': { role: 'postgres', follows: 'primary' },
      },
      supervisor: { restart: { after: '2 s' } },
    },
    load: smallLoad('36 s'),
    faults: [
      {
        id: 'first-killed',
        fault: 'kill',
        on: 'replica-1',
        start: { phase: 'steady', at: '7 s' },
        for: '10 s',
        recovery: '8 s',
      },
      {
        id: 'second-killed',
        fault: 'kill',
        on: 'replica-2',
        start: { phase: 'steady', at: '7 s' },
        for: '10 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'first-killed', max: '1 s' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      { id: 'caught-up', measure: 'database.replay_lag.max', during: 'steady.clear', max: '1 s' },
      { id: 'stale', measure: 'data.stale_reads', during: 'steady.clear', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
