/** What drills have in common. */

type Supervisor = Readonly<Record<string, { readonly after: string; readonly fence?: boolean }>>

/**
 * A pool small enough to leave the ledger its connections, whose callers give up before their tool does (30 s), so that
 * a pool that is used up says so itself.
 */
export const server = { env: { POOL_SIZE: '20', POOL_MAX_OVERFLOW: '20', POOL_ACQUIRE_TIMEOUT_MS: '20000' } }
const primary = { max_connections: 130 }

/** The reference server on one database. */
export function withoutReplica(supervisor: Supervisor | null = null) {
  return { nodes: { server, primary }, supervisor }
}

/** The reference server on a database that a replica follows; asynchronously, unless it says otherwise. */
export function withReplica(supervisor: Supervisor | null = null, replica: { readonly synchronous?: boolean } = {}) {
  return {
    nodes: { server, primary, replica: { role: 'postgres', follows: 'primary', ...replica } },
    links: { replication: { from: 'primary', to: 'replica' } },
    supervisor,
  }
}

/** The reference server on one database, of which backups are taken; `schedule`: as in production. */
export function withBackups(schedule: Readonly<Record<string, string>>) {
  return { nodes: { server, primary: { ...primary, backups: { archive: true, ...schedule } } } }
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
export const ledgerUntouched = [
  { id: 'duplicates', measure: 'data.duplicates', during: 'run', max: 0 },
  { id: 'resurrected', measure: 'data.resurrected_writes', during: 'run', max: 0 },
  { id: 'phantom', measure: 'data.phantom_writes', during: 'run', max: 0 },
]

/** No acknowledged update of a row that several writers change is undone. */
export const updatesKept = [{ id: 'lost-updates', measure: 'data.lost_updates', during: 'run', max: 0 }]

/** The same where the drill may lose some: how many is told. */
export const updatesTold = updatesKept.map((objective) => ({ ...objective, judged: false }))

/** The same where some may be lost: how many is told, and how much of the past is bounded by the drill. */
export const ledgerSound = [
  { id: 'lost', measure: 'data.lost_writes', during: 'run', max: 0, judged: false },
  ...updatesTold,
  ...ledgerUntouched,
]
