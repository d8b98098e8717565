import type { Drill } from './drill.ts'
import { ledgerUntouched, smallLoad, updatesKept, withoutReplica } from './parts.ts'

/** Bounds: targets.md, B. */
export const queryFails: Drill = {
  name: 'query-fails',
  title: 'every second all queries under way are cut off',
  hypothesis: 'The application retries within a minute, and nothing that was acknowledged is lost or is there twice.',
  steps: [
    { kind: 'inject', text: 'all backends are terminated once a second (57P01)' },
    { kind: 'detect', text: 'writes under way fail' },
    { kind: 'act', text: 'nobody acts: the application retries, or says no' },
    { kind: 'verify', text: 'writes succeed for 5 s; every acknowledged write is there, and none twice' },
    { kind: 'heal', text: 'terminating ends after eight seconds, which count' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '30 s', every: 'month' },
    stack: withoutReplica(),
    load: smallLoad('30 s'),
    faults: [
      {
        id: 'backends-cut',
        fault: 'backends-terminated',
        on: 'primary',
        with: { every: '1 s' },
        start: { phase: 'steady', at: '7 s' },
        for: '8 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'backends-cut', max: '1 min' },
      { id: 'rpo', measure: 'data.lost_writes', during: 'run', max: 0 },
      ...updatesKept,
      ...ledgerUntouched,
    ],
  },
}
