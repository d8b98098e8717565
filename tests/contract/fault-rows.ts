import { faults } from '../../chaos/faults/registry.ts'

/** How one fault is put to the test. Times as plans write them. */
export interface FaultRow {
  readonly fault: string
  /** Where a fault has more than one row on one target; absent: the fault's name. */
  readonly name?: string
  /** Of the row's stack: a link or a node. */
  readonly on: string
  /** Where the second turn acts, if elsewhere: after a fail-over the other node takes writes. */
  readonly thenOn?: string
  /** Of a server with several: the one that it acts on; absent: all at once. */
  readonly instance?: number
  readonly with?: Readonly<Record<string, string | number>>
  /** Absent: the fault's own least time, and `forMsMin`. */
  readonly forMs?: number
  /** From its end to the next fault's start: for the verification, and a look at what is left. */
  readonly afterMs?: number
}

/** A node that comes back is asked by its users, who all come back at once, before our own look gets its turn. */
const comesBackMs = 4_000

/** A restore is their heal: under load some seconds. */
const restoredMs = 12_000
/** From a dump the whole database is made anew, indexes and all. */
const restoredFromDumpMs = 20_000

/** On the stack of plans/base.yaml: the link db, the nodes server and primary. These take less than eight minutes. */
export const faultRows: readonly FaultRow[] = [
  { fault: 'latency', on: 'db', with: { delay: '80 ms', jitter: '10 ms' } },
  { fault: 'bandwidth', on: 'db', with: { rate: '400 KiB', direction: 'upstream' } },
  { fault: 'slicer', on: 'db', with: { size: '1 KiB', delay: '2 ms' } },
  // A share of the connections: what is spared must not be taken for a heal.
  { fault: 'reset', on: 'db', with: { share: 0.5 } },
  { fault: 'timeout', on: 'db', with: { after: '500 ms' } },
  { fault: 'limit-data', on: 'db', with: { direction: 'upstream' } },
  { fault: 'slow-close', on: 'db', with: { delay: '300 ms' } },
  { fault: 'down', on: 'db' },
  { fault: 'flapping', on: 'db', with: { down: '700 ms', up: '500 ms' } },
  { fault: 'black-hole', on: 'db' },
  { fault: 'kill', on: 'server', afterMs: comesBackMs },
  { fault: 'kill', on: 'primary', afterMs: comesBackMs },
  { fault: 'stop', on: 'server', afterMs: comesBackMs },
  { fault: 'freeze', on: 'primary' },
  { fault: 'crash-loop', on: 'primary', with: { down: '500 ms', up: '500 ms' }, afterMs: comesBackMs },
  { fault: 'cpu-quota', on: 'primary' },
  { fault: 'cpu-quota', on: 'server' },
  { fault: 'files-used-up', on: 'server' },
  { fault: 'files-used-up', on: 'primary' },
  { fault: 'memory-taken', on: 'primary' },
  { fault: 'disk-full', on: 'primary' },
  { fault: 'hook', on: 'primary', afterMs: comesBackMs },
  { fault: 'restart', on: 'primary', afterMs: comesBackMs },
  { fault: 'backends-terminated', on: 'primary' },
  { fault: 'slots-taken', on: 'primary' },
  { fault: 'table-locked', on: 'primary', with: { table: 'public.customers' } },
  { fault: 'idle-transaction', on: 'primary', with: { table: 'customers' } },
  { fault: 'slow-queries', on: 'primary', with: { table: 'customers' } },
  // Every tool that writes reads the customer first and writes the audit log last (reference-server/tools/records.ts).
  { fault: 'deadlocks', on: 'primary', with: { first: 'customers', second: 'audit_log' } },
  { fault: 'read-only', on: 'primary' },
  { fault: 'archiving-failing', on: 'primary' },
  // A table that most others refer to, and that the load reads and writes.
  { fault: 'table-dropped', on: 'primary', with: { table: 'customers' }, afterMs: restoredMs },
  { fault: 'rows-overwritten', on: 'primary', with: { table: 'customers' }, afterMs: restoredMs },
  { fault: 'data-lost', on: 'primary', afterMs: restoredMs },
  { fault: 'data-lost', name: 'data-lost-dump', on: 'primary', with: { by: 'dump' }, afterMs: restoredFromDumpMs },
]

/**
 * On the same with a replica, the link replication to it, the link users to the server, and a cache and an integration,
 * each behind a link.
 */
export const replicatedRows: readonly FaultRow[] = [
  { fault: 'latency', on: 'users', with: { delay: '80 ms' } },
  { fault: 'reset', on: 'users' },
  { fault: 'down', on: 'users' },
  { fault: 'latency', on: 'to-cache', with: { delay: '80 ms' } },
  { fault: 'down', on: 'to-crm' },
  { fault: 'kill', on: 'cache', afterMs: comesBackMs },
  { fault: 'black-hole', on: 'replication' },
  { fault: 'replay-paused', on: 'replica' },
  { fault: 'fail-over', on: 'primary', thenOn: 'replica', afterMs: comesBackMs },
  { fault: 'host-lost', on: 'primary', thenOn: 'replica', afterMs: comesBackMs },
  { fault: 'split-brain', on: 'primary', thenOn: 'replica', afterMs: comesBackMs },
]

/** On the plain stack with two instances of the server: what a fault on several targets, or on one alone, comes to. */
export const instanceRows: readonly FaultRow[] = [
  { fault: 'latency', on: 'db', with: { delay: '80 ms' } },
  { fault: 'black-hole', on: 'db', instance: 2 },
  { fault: 'kill', on: 'server', instance: 1, afterMs: comesBackMs },
  { fault: 'freeze', on: 'server', afterMs: comesBackMs },
]

export type StackOfRows = 'plain' | 'replicated' | 'instances'

/** The links of any stack; all else is a node. */
export const linksOfRows: readonly string[] = ['db', 'users', 'replication', 'to-cache', 'to-crm']

export interface PlannedRow {
  readonly id: string
  readonly row: FaultRow
  readonly on: string
  readonly startMs: number
  readonly forMs: number
}

/** Before the first one: the pool has filled, and our own connections know the calm. */
const beforeMs = 5_000
const afterMsDefault = 3_000
/** A busy machine may keep our own connections from the processor for a second or two. */
const forMsMin = 3_000

/** One after the other, each twice in a row. */
export function layOut(rows: readonly FaultRow[]): { readonly planned: readonly PlannedRow[]; readonly endMs: number } {
  let atMs = beforeMs
  const planned: PlannedRow[] = []
  for (const row of rows) {
    for (const turn of [1, 2]) {
      const forMs = row.forMs ?? Math.max(forMsMin, faults.get(row.fault)?.minimumForMs ?? 0)
      const on = turn === 2 ? (row.thenOn ?? row.on) : row.on
      planned.push({ id: `${row.name ?? row.fault}-${on}-${turn}`, row, on, startMs: atMs, forMs })
      atMs += forMs + (row.afterMs ?? afterMsDefault)
    }
  }
  return { planned, endMs: atMs }
}

const moreLinks = {
  users: { from: 'users', to: 'server' },
  replication: { from: 'primary', to: 'replica' },
  'to-cache': { from: 'server', to: 'cache' },
  'to-crm': { from: 'server', to: 'crm' },
}
const service = (role: 'http' | 'redis') => ({ role, command: ['node', 'tests/contract/stand-in-service.ts', role] })
const moreNodes = {
  replica: { role: 'postgres', follows: 'primary' },
  cache: service('redis'),
  crm: { ...service('http'), ready: { path: '/ready' } },
}

const ownCommand = (word: string) => ({
  command: ['node', 'tests/contract/closed-databases.ts', word, '{database_url}'],
})

/** A plan as JSON, which is YAML too. */
export function planText(rows: readonly FaultRow[], stack: StackOfRows): string {
  const { planned, endMs } = layOut(rows)
  return JSON.stringify({
    squall: 1,
    name: 'fault-contract',
    extends: 'base',
    stack: {
      nodes: {
        server: { instances: stack === 'instances' ? 2 : 1, env: { POOL_SIZE: '5', POOL_MAX_OVERFLOW: '5' } },
        primary: { max_connections: 40, backups: { archive: true } },
        ...(stack === 'replicated' ? moreNodes : {}),
      },
      links: stack === 'replicated' ? moreLinks : {},
      hooks: { inject: ownCommand('inject'), heal: ownCommand('heal') },
    },
    load: { pace: '500 ms', phases: [{ id: 'steady', for: `${endMs} ms`, users: 20 }] },
    faults: planned.map(({ id, row, on, startMs, forMs }) => ({
      id,
      fault: row.fault,
      on,
      ...(row.instance === undefined ? {} : { instance: row.instance }),
      with: row.with ?? {},
      start: { phase: 'steady', at: `${startMs} ms` },
      for: `${forMs} ms`,
    })),
    objectives: [{ id: 'p95', measure: 'tool.latency.p95', during: 'steady.clear', max: '35 s' }],
  })
}
