import type { Defect } from './defects.ts'

/** The drills that tell a pool apart that outlives its database's process, but not its silence. */
export type VariantDrill = 'failover' | 'host-lost'

/** What waits on the sockets of a lost host recovers with a killed one: only one of the two drills shows it. One with a limit for queries alone comes back in both, since its new connections are led elsewhere: the plan `hole` finds it. */
export const hiddenByFailover: readonly Exclude<Defect, 'none'>[] = [
  'pool-defaults',
  'keepalive-only',
  'connect-limit-only',
]

// The healthy one is back some 8 s after the harm: 2 s until the replica is promoted, 4 s for a statement that waits.
const rtoMax = '16 s'
const steadyFor = { failover: 30, 'host-lost': 40 } as const
const faults = {
  failover: [
    { id: 'replication-behind', start: { phase: 'steady', at: '5 s' }, for: '12 s' },
    { id: 'primary-killed', start: { phase: 'steady', at: '6 s' }, for: '18 s', recovery: '6 s' },
  ],
  'host-lost': [{ id: 'host-gone', start: { phase: 'steady', at: '6 s' }, for: '24 s', recovery: '8 s' }],
} as const

/** The shipped drill, shorter, on the node-postgres server. As JSON, which is YAML too. */
export function drillVariant(drill: VariantDrill, defect: Defect): string {
  return JSON.stringify({
    squall: 1,
    name: `variant-${drill}`,
    extends: `drill:${drill}`,
    drill: { horizon: '30 s' },
    stack: {
      nodes: {
        server: {
          command: ['node', 'tests/e2e/variants/node-postgres.ts'],
          era: 'legacy', // some defects are of its sessions
          env: { DEFECT: defect },
          ready: { path: '/ready', within: '30 s' },
        },
      },
    },
    load: { phases: [{ id: 'steady', for: `${steadyFor[drill]} s` }] },
    faults: faults[drill],
    objectives: [{ id: 'rto', max: rtoMax }],
  })
}
