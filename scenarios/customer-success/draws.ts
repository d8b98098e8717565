import type { Json, Memory, Random } from '../lib/workload.ts'

/** How many rows of each kind the reference server's seeded data has; ids are 1..count. */
export const counts = {
  customers: 10_000,
  contracts: 12_000,
  subscriptions: 20_000,
  plans: 10_000,
  tasks: 60_000,
  alerts: 10_000,
  renewals: 12_000,
  plays: 5_000,
  campaigns: 120,
  tickets: 40_000,
  opportunities: 12_000,
  requests: 3_000,
  products: 12,
  owners: 60,
}

/** Some customers are asked about far more often: a quarter of the draws fall on a sixteenth of them. */
export function customer(random: Random): number {
  const u = random.next()
  return 1 + Math.floor(counts.customers * u * u)
}

export function owner(random: Random): number {
  return random.int(1, counts.owners)
}

export function pageLimit(random: Random): number {
  return random.int(5, 25)
}

export const day = '2026-01-01'

/** A time of the coming 28 days, to the hour. */
export function soon(random: Random): string {
  const pad = (number: number) => (number < 10 ? `0${number}` : String(number))
  return `2026-01-${pad(random.int(2, 28))}T${pad(random.int(7, 18))}:00:00Z`
}

export interface Seen {
  readonly id: number
  readonly version: number
}

/** Keeps what an answer said of a row, for a later call that changes that row. */
export function remember(memory: Memory, kind: string, id: Json | undefined, version: Json | undefined): void {
  if (typeof id === 'number' && typeof version === 'number') memory[kind] = { id, version }
}

/**
 * The row of a kind that this user has read last, used once; else any row at the version that all seeded rows begin
 * with. Somebody may have been faster: then the answer is a version conflict, which is normal.
 */
export function take(memory: Memory, kind: string, random: Random, count: number): Seen {
  const seen = memory[kind]
  delete memory[kind]
  if (typeof seen === 'object' && seen !== null && 'id' in seen && 'version' in seen) {
    const { id, version } = seen
    if (typeof id === 'number' && typeof version === 'number') return { id, version }
  }
  return { id: random.int(1, count), version: 1 }
}
