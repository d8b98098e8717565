import type { LedgerRow } from '../record/reader-rows.ts'
import { type LedgerFacts, ledgerFacts } from './ledger-facts.ts'

/** One answer of a replica: the newest update that it had of each row; null: it had none. Times: µs of run time. */
export interface ReplicaRead {
  readonly node: string
  readonly sentUs: number
  readonly seen: readonly (readonly [register: number, op: string | null])[]
}

/** Changes of rows that several writers change, each made on what its writer had read there. */
export interface RegisterFacts {
  readonly updates: LedgerFacts
  /** In the rows afterwards: in which, as its how manieth, from 1. */
  readonly places: ReadonlyMap<string, Place>
  /** What each was made on; null: it was the row's first. */
  readonly after: ReadonlyMap<string, string | null>
  /** Answers of replicas, by the time they were asked. */
  readonly reads: readonly ReplicaRead[]
  /** Every question to a replica, answered or not. */
  readonly asked: readonly Pick<ReplicaRead, 'node' | 'sentUs'>[]
}

export interface Place {
  readonly register: number
  readonly at: number
}

export function registerFacts(all: readonly LedgerRow[]): RegisterFacts {
  const rows = all.filter(({ via }) => via === 'update')
  const places = new Map<string, Place>()
  const after = new Map<string, string | null>()
  for (const { edge, op, data } of rows) {
    if (op === null) continue
    const { register, at, after: before } = data
    if (edge === 'present' && typeof register === 'number' && typeof at === 'number') places.set(op, { register, at })
    if (edge === 'complete' && (before === null || typeof before === 'string')) after.set(op, before)
  }
  const reads = rows.flatMap(readOf).sort((a, b) => a.sentUs - b.sentUs)
  return { updates: ledgerFacts(rows, 'update'), places, after, reads, asked: rows.flatMap(askedOf) }
}

function askedOf({ edge, data: { node, sent } }: LedgerRow): RegisterFacts['asked'] {
  return edge === 'seen' && typeof node === 'string' && typeof sent === 'number' ? [{ node, sentUs: sent }] : []
}

function readOf({ edge, data: { node, sent, seen } }: LedgerRow): readonly ReplicaRead[] {
  if (edge !== 'seen' || typeof node !== 'string' || typeof sent !== 'number' || !Array.isArray(seen)) return []
  return [{ node, sentUs: sent, seen: seen.filter(isSeen) }]
}

function isSeen(pair: unknown): pair is ReplicaRead['seen'][number] {
  return Array.isArray(pair) && typeof pair[0] === 'number' && (pair[1] === null || typeof pair[1] === 'string')
}

/**
 * How many of the updates that a row has afterwards were in it when `op` was its newest. What was on a branch that was
 * lost is followed back to where that branch began; null: its beginning was not recorded.
 */
function heldBy(op: string | null, { places, after }: RegisterFacts): number | null {
  const passed = new Set<string>()
  let at: string | null | undefined = op
  while (typeof at === 'string') {
    const place = places.get(at)
    if (place !== undefined) return place.at
    if (passed.has(at)) return null
    passed.add(at)
    at = after.get(at)
  }
  return at === null ? 0 : null
}

/** What a read lacked. */
export interface Staleness {
  readonly read: ReplicaRead
  /** The update that was acknowledged longest before, of those that it should have shown; null: it showed them all. */
  readonly lacked: { readonly op: string; readonly ageUs: number } | null
}

interface Due extends Place {
  readonly op: string
  readonly endUs: number
}

/**
 * Each read held against the updates that survived and had been acknowledged longer than `limitUs` before it was sent:
 * both on the run's clock, so that no database's clock comes into it. A read of rows without such an update tells
 * nothing, and is left out.
 */
export function staleness(facts: RegisterFacts, limitUs: number): readonly Staleness[] {
  const due = Map.groupBy(dueOf(facts), ({ register }) => register)
  return facts.reads.flatMap((read) => {
    const told = read.seen.flatMap(([register, op]) => {
      const expected = (due.get(register) ?? []).filter(({ endUs }) => endUs <= read.sentUs - limitUs)
      const held = expected.length === 0 ? null : heldBy(op, facts)
      return held === null ? [] : [{ expected, held }]
    })
    if (told.length === 0) return []
    const lacked = told.flatMap(({ expected, held }) => expected.filter(({ at }) => at > held))
    const oldest = lacked.reduce<Due | null>((one, two) => (one !== null && one.endUs <= two.endUs ? one : two), null)
    return [{ read, lacked: oldest === null ? null : { op: oldest.op, ageUs: read.sentUs - oldest.endUs } }]
  })
}

function dueOf({ updates, places }: RegisterFacts): readonly Due[] {
  return updates.writes.flatMap(({ op, outcome, completedUs }) => {
    const place = places.get(op)
    return outcome === 'ok' && completedUs !== null && place !== undefined ? [{ ...place, op, endUs: completedUs }] : []
  })
}
