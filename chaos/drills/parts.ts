/** What drills have in common. */

/** A primary and a replica of the reference server's; a pool small enough to leave the ledger its connections. */
export function withReplica(supervisor: { readonly [key: string]: { readonly after: string } }) {
  return {
    nodes: {
      server: { env: { POOL_SIZE: '20', POOL_MAX_OVERFLOW: '20' } },
      primary: { max_connections: 130 },
      replica: { role: 'postgres', follows: 'primary' },
    },
    links: { replication: { from: 'primary', to: 'replica' } },
    supervisor,
  }
}

/** 20 users beside the ledger's writes: a drill measures recovery, not capacity. */
export function smallLoad(steadyFor: string) {
  return {
    pace: '1 s',
    phases: [
      { id: 'warm-up', for: '3 s', users: [0, 20], judged: false },
      { id: 'steady', for: steadyFor, users: 20 },
    ],
  }
}

/** No write is there twice, or though it was refused, or without having been sent. */
export const ledgerSound = [
  { id: 'lost', measure: 'data.lost_writes', during: 'run', max: 0, judged: false },
  { id: 'duplicates', measure: 'data.duplicates', during: 'run', max: 0 },
  { id: 'resurrected', measure: 'data.resurrected_writes', during: 'run', max: 0 },
  { id: 'phantom', measure: 'data.phantom_writes', during: 'run', max: 0 },
]
