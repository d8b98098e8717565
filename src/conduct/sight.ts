import type { Clock } from '../domain/clock.ts'
import type { ProbeQuestion, ProbeSample } from '../domain/probe-sample.ts'

/** Who looks for a fault's coming or going. */
export interface Watching {
  readonly clock: Clock
  /** Adds a listener to the samples of our own connections on that target; the answer removes it. */
  readonly watch: (listener: (sample: ProbeSample) => void) => () => void
  readonly signal: AbortSignal
}

/** The same of several targets at once. */
export interface WatchingAll extends Omit<Watching, 'watch'> {
  /** One each. */
  readonly watches: readonly Watching['watch'][]
}

/** Where the harm, or its absence, is first seen on all connections that see it; µs, absolute. */
export interface Sight {
  readonly atUs: number
  /** The change itself came at most so long before. */
  readonly resolutionUs: number
}

/** A sample's own moment: silence and slowness began when it was asked, a broken socket spoke at its end. */
export function momentUs(sample: ProbeSample, sinceUs: number): number {
  const began = sample.error === null || sample.error === 'timeout'
  return began ? Math.max(sample.askedUs, sinceUs) : sample.endedUs
}

/**
 * An answer may have been on its way for so long. On a busy machine a fresh connection to a database that was well took
 * 90 ms (two cores, both burned); a look that ran into silence so shortly before shows nothing.
 */
const onItsWayUs = 100_000

/** Up to when the last sample before a change tells what was. An answer may have passed at once; a no holds to its end. */
function knownUntilUs(last: ProbeSample, next: ProbeSample): number {
  if (last.error === null) return last.askedUs
  if (last.error !== 'timeout') return last.endedUs
  return last.endedUs - Math.max(onItsWayUs, next.endedUs - next.askedUs)
}

interface Search {
  /** When the change was asked for: it did not come before. */
  readonly sinceUs: number
  readonly untilUs: number
  readonly question: ProbeQuestion
  readonly seenBy: readonly ProbeSample['connection'][]
  /** So many samples in a row decide. */
  readonly inARow: number
  /** Decides for one sample; null: it tells neither. */
  readonly looksRight: (sample: ProbeSample) => boolean | null
  readonly moment: (sample: ProbeSample) => number
}

/** Samples of one connection that show what is looked for, one after the other. */
interface Row {
  readonly atUs: number
  /** The last that is known of before. */
  readonly afterUs: number
  count: number
}

/**
 * Waits until the connections have shown what is looked for, or until `signal` or the time is up (null). The moment is
 * that of the first sample of the row that decided, on the connection that saw it last; the resolution reaches back to
 * the last that any of them knew of before: what one of them is still waiting for may long be there.
 */
export async function waitForSight({ clock, watch, signal }: Watching, search: Search): Promise<Sight | null> {
  const { sinceUs, untilUs, question, seenBy, inARow, looksRight, moment } = search
  const rows = new Map<ProbeSample['connection'], Row>()
  const lastOther = new Map<ProbeSample['connection'], ProbeSample>()
  const seen = new AbortController()
  const isFound = (connection: ProbeSample['connection']) => (rows.get(connection)?.count ?? 0) >= inARow
  const unwatch = watch((sample) => {
    const { connection } = sample
    if (isFound(connection) || !answersTo(sample, question)) return
    const isRight = looksRight(sample)
    if (isRight === null) return
    if (sample.endedUs < sinceUs || !isRight) {
      lastOther.set(connection, sample)
      rows.delete(connection)
      return
    }
    const row = rows.get(connection)
    if (row) row.count += 1
    else {
      const atUs = moment(sample)
      const last = lastOther.get(connection)
      const knownUs = last ? knownUntilUs(last, sample) : sinceUs
      rows.set(connection, { atUs, afterUs: Math.min(Math.max(knownUs, sinceUs), atUs), count: 1 })
    }
    if (seenBy.every(isFound)) seen.abort()
  })
  try {
    await clock.sleep((untilUs - clock.monotonicUs()) / 1_000, AbortSignal.any([seen.signal, signal]))
  } finally {
    unwatch()
  }
  if (!seenBy.every(isFound)) return null
  const decided = seenBy.flatMap((connection) => rows.get(connection) ?? [])
  const atUs = Math.max(...decided.map((row) => row.atUs))
  return { atUs, resolutionUs: atUs - Math.min(...decided.map((row) => row.afterUs)) }
}

/**
 * The same on every one of several targets: the moment is that of the one that showed it last, and the resolution reaches
 * back to the last that any of them is known to have been without.
 */
export async function waitForSightOfAll({ watches, ...rest }: WatchingAll, search: Search): Promise<Sight | null> {
  const sights = await Promise.all(watches.map((watch) => waitForSight({ ...rest, watch }, search)))
  const seen = sights.filter((sight) => sight !== null)
  if (seen.length < sights.length) return null
  const atUs = Math.max(...seen.map((sight) => sight.atUs))
  return { atUs, resolutionUs: atUs - Math.min(...seen.map((sight) => sight.atUs - sight.resolutionUs)) }
}

/** A failure answers every question; an answer only the one that was asked. */
function answersTo({ error, question }: ProbeSample, { sql, isLarge, isGoodbye }: ProbeQuestion): boolean {
  const isIt = question.sql === sql && question.isLarge === isLarge && question.isGoodbye === isGoodbye
  return error !== null || isIt
}
