import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withoutReplica } from './parts.ts'

/** RTO as for a lost connection, since nothing but connections is lost (targets.md, B); RPO 0: what it acknowledged is in its log. */
export const databaseCrash: Drill = {
  name: 'database-crash',
  title: 'the database dies and is started anew',
  hypothesis: 'It replays its log and takes writes again; nothing that it acknowledged is lost.',
  steps: [
    { kind: 'inject', text: 'every process of the database is killed (SIGKILL)' },
    { kind: 'detect', text: 'a health check fails' },
    { kind: 'act', text: 'after 1 s of failed checks it is started anew, and replays its log' },
    { kind: 'verify', text: 'writes succeed again for 5 s; every acknowledged write is there' },
    { kind: 'heal', text: 'nothing is left to heal: it runs' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '30 s', every: 'month' },
    stack: withoutReplica({ restart: { after: '1 s' } }),
    load: smallLoad('30 s'),
    faults: [
      {
        id: 'database-killed',
        fault: 'kill',
        on: 'primary',
        start: { phase: 'steady', at: '7 s' },
        for: '14 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'database-killed', max: '5 min' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
