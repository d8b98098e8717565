import { runningIdsOf } from '../domain/instances.ts'
import { usPerSecond } from '../domain/time.ts'
import type { ProbeRow } from '../record/reader-rows.ts'
import { databaseOf } from './own-sessions.ts'
import type { RunView } from './run-view.ts'
import { gapUsMax, lastAtOrBefore } from './samples.ts'

/** How long our own exchanges with the database took, ms; `highMs` is Infinity while none was answered. */
export interface RoundTrip {
  readonly lowMs: number
  readonly highMs: number
}

/** Exchanges of that long before and after a moment tell of it: a fault comes and goes at once. */
const nearUs = 1 * usPerSecond

/**
 * On the server's way to the database, by our long-lived connection through the same proxy, and by nothing else: what goes
 * past the proxy feels none of its faults. Where the plan has none, and so no fault on the way, by how long the database took to answer our looks: then nothing is known to be on its way for
 * sure.
 */
export function roundTrips(view: RunView): (atUs: number) => RoundTrip {
  const ids = linksToDatabase(view)
  if (ids.size > 0) return near(exchangesOn(ids, view))
  const looks = (view.folder.database?.rows ?? []).filter((row) => row.error === null)
  const byLook = near(looks.map(({ tUs, tookUs }) => ({ fromUs: tUs - tookUs, tUs, ms: tookUs / 1_000 })))
  return (atUs) => ({ ...byLook(atUs), lowMs: 0 })
}

interface Exchange {
  readonly fromUs: number
  readonly tUs: number
  readonly ms: number
}

/** Ids of the running links that lead from the server to its database; none where nothing acts between them. */
export function linksToDatabase(view: RunView): ReadonlySet<string> {
  const database = databaseOf(view)?.id
  const { stack } = view.plan
  const links = Object.values(stack.links).filter(
    ({ from, to }) => to === database && stack.nodes[from]?.role === 'mcp',
  )
  return new Set(links.flatMap(({ id }) => runningIdsOf(stack, id)))
}

function exchangesOn(ids: ReadonlySet<string>, view: RunView): readonly Exchange[] {
  return (view.folder.probe?.rows ?? [])
    .filter((row) => ids.has(row.probe) && row.connection === 'long')
    .flatMap(exchange)
}

/** One that told of silence only is no exchange yet: its answer is a row of its own. */
function exchange({ askedUs, endedUs, ok }: ProbeRow): readonly Exchange[] {
  return ok && endedUs !== null ? [{ fromUs: askedUs, tUs: endedUs, ms: (endedUs - askedUs) / 1_000 }] : []
}

function near(exchanges: readonly Exchange[]): (atUs: number) => RoundTrip {
  const sorted = exchanges.toSorted((a, b) => a.tUs - b.tUs)
  const ends = sorted.map(({ tUs }) => tUs)
  return (atUs) => {
    // Those that were under way then, and their neighbours.
    const around: number[] = []
    for (let at = lastAtOrBefore(ends, atUs - nearUs) + 1; at < sorted.length; at++) {
      const one = sorted[at]
      if (one === undefined || one.fromUs > atUs + nearUs) break
      around.push(one.ms)
    }
    return around.length === 0
      ? { lowMs: 0, highMs: Number.POSITIVE_INFINITY }
      : { lowMs: Math.min(...around), highMs: Math.max(...around, silenceMs(ends, atUs)) }
  }
}

/** How long there was no answer about then, where that is long: the quick ones before and after it do not tell of it. */
function silenceMs(endsUs: readonly number[], atUs: number): number {
  const at = lastAtOrBefore(endsUs, atUs)
  const [beforeUs, afterUs] = [endsUs[at] ?? atUs, endsUs[at + 1] ?? atUs]
  return afterUs - beforeUs > gapUsMax ? (afterUs - beforeUs) / 1_000 : 0
}
