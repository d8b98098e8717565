import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withoutReplica } from './parts.ts'

/** Bounds: targets.md, B. */
export const serviceCrash: Drill = {
  name: 'service-crash',
  title: 'the server dies and is started anew',
  hypothesis: 'Users write again within two minutes, and nothing that was acknowledged is lost.',
  steps: [
    { kind: 'inject', text: 'the server is killed (SIGKILL)' },
    { kind: 'detect', text: 'a health check fails' },
    { kind: 'act', text: 'after 1 s of failed checks it is started anew' },
    {
      kind: 'verify',
      text: 'writes by its tools succeed again for 5 s; every acknowledged write is there, and none twice',
    },
    { kind: 'heal', text: 'nothing is left to heal: it runs' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '30 s', every: 'month' },
    stack: withoutReplica({ restart: { after: '1 s' } }),
    load: smallLoad('30 s'),
    faults: [
      {
        id: 'server-killed',
        fault: 'kill',
        on: 'server',
        start: { phase: 'steady', at: '7 s' },
        for: '14 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'server-killed', max: '2 min' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
