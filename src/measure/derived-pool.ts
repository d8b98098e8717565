import { usPerSecond } from '../domain/time.ts'
import { openCalls } from './open-calls.ts'
import { type LookAtUse, tellsUse } from './own-sessions.ts'
import { type RoundTrip, roundTrips } from './round-trips.ts'
import type { RunView } from './run-view.ts'

/** What one look at the database's sessions tells of the pool of a server that tells nothing itself. */
export interface Look {
  readonly tUs: number
  /** Open, whatever they do. */
  readonly connections: number
  /** Held by a call for sure, and at most. */
  readonly usedAtLeast: number
  readonly usedAtMost: number
  /** Calls in the server for sure, and at most. */
  readonly inFlightAtLeast: number
  readonly inFlightAtMost: number
  /** How long an exchange with the database took about then, ms. */
  readonly roundTrip: RoundTrip
}

/**
 * Between an answer and the next question a client takes some ms for itself. Such a moment counts as use of the
 * connection only where it is short beside the exchange, a fifth at most: so a busy client is not taken for a full pool.
 */
const clientMs = 25
const exchangeMsMin = 4 * clientMs
/** A connection that nobody has asked for that much longer than an exchange takes is at rest, in the pool. */
const restMs = 100

/** The looks of the whole run that were answered, in order. */
export function looksOf(view: RunView): readonly Look[] {
  const known = derived.get(view)
  if (known !== undefined) return known
  const looks = deriveLooks(view)
  derived.set(view, looks)
  return looks
}

/** Several measures of several windows ask for them. */
const derived = new WeakMap<RunView, readonly Look[]>()

function deriveLooks(view: RunView): readonly Look[] {
  const open = openCalls(view.table)
  const tripAt = roundTrips(view)
  // Squall's own writes through the tools are in no calls stream.
  const isEachCallKnown = view.plan.observe.ledger?.via.includes('tool') !== true
  return (view.folder.database?.rows ?? []).flatMap((row) => {
    if (!tellsUse(row)) return []
    const roundTrip = tripAt(row.tUs)
    const calls = open(row.tUs - row.tookUs / 2)
    const inFlight = {
      inFlightAtLeast: calls.atLeast,
      inFlightAtMost: isEachCallKnown ? calls.atMost : Number.POSITIVE_INFINITY,
    }
    return [{ tUs: row.tUs, connections: row.connections, ...usedAt(row, roundTrip), ...inFlight, roundTrip }]
  })
}

function usedAt(row: LookAtUse, { lowMs, highMs }: RoundTrip): Pick<Look, 'usedAtLeast' | 'usedAtMost'> {
  const { idleMs } = row
  // The answer to what it did last is still on its way, or the next question is.
  const underwayMs = lowMs >= exchangeMsMin ? lowMs + clientMs : lowMs
  const underway = idleMs.filter((ms) => ms <= underwayMs).length
  const atRest = idleMs.filter((ms) => ms > highMs + restMs).length
  return {
    usedAtLeast: (row.active ?? 0) + (row.idleInTransaction ?? 0) + underway,
    usedAtMost: row.connections - atRest,
  }
}

/** Exchanges that it takes to open a connection: start, three of SCRAM, and what drivers ask first; give or take. */
const openingExchanges = 6

/** For how long all were in use until it is clear that the server opens no more, µs. */
export function openingUs(look: Look): number {
  const ms = openingExchanges * look.roundTrip.lowMs
  return Math.min(ms * 1_000, 30 * usPerSecond)
}
