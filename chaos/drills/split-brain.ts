import type { Drill } from './drill.ts'
import { ledgerSound, smallLoad, withReplica } from './parts.ts'

/**
 * What the old primary acknowledges after its return is on no other node. Without `fence` the pool's idle connections go on
 * writing to it: 489 writes of 5.6 s were lost here. Bounds: as for streaming replication (targets.md, B).
 */
export const splitBrain: Drill = {
  name: 'split-brain',
  title: 'the old primary comes back beside the new one, and takes writes',
  hypothesis:
    'The old primary is fenced as soon as it answers: hardly a write that it acknowledges is lost with it, though the server still has connections to it.',
  steps: [
    { kind: 'inject', text: 'every process of the primary stands still; eight seconds later they go on' },
    { kind: 'detect', text: 'a health check of the primary has no answer for 500 ms' },
    {
      kind: 'act',
      text: 'after 2 s the replica is promoted, and new connections are led to it; the old primary is ended as soon as it answers',
    },
    {
      kind: 'verify',
      text: 'writes that the old primary acknowledged after that are looked for on the new one: each that is missing is counted as lost',
    },
    { kind: 'heal', text: 'the old primary is ended, and comes back as a replica: what it had alone is gone' },
  ],
  plan: {
    extends: 'base',
    drill: { horizon: '30 s', every: 'quarter' },
    stack: withReplica({ promote: { after: '2 s', fence: true } }),
    load: smallLoad('40 s'),
    faults: [
      {
        id: 'two-primaries',
        fault: 'split-brain',
        on: 'primary',
        with: { by: 'supervisor', back: '8 s' },
        start: { phase: 'steady', at: '7 s' },
        for: '20 s',
        recovery: '8 s',
      },
    ],
    observe: { ledger: { via: 'both', rate: '200/s' } },
    objectives: [
      { id: 'rto', measure: 'recovery.rto_sustained', during: 'two-primaries', max: '1 min' },
      { id: 'rpo', measure: 'data.rpo', during: 'run', max: '5 s' },
      ...ledgerSound,
    ],
  },
}
