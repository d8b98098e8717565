import type { Span } from '../domain/time.ts'
import type { Interval, Measured } from '../domain/verdict.ts'
import { type Look, looksOf, openingUs } from './derived-pool.ts'
import { between, none } from './measured.ts'
import { derivedMethod, poolMaxOfPlan } from './own-sessions.ts'
import type { RunView } from './run-view.ts'
import { sampledPeak } from './samples.ts'

/** Whether all connections were in use and calls waited: for sure, perhaps, or not. */
type Fullness = 'full' | 'perhaps' | 'not'

/**
 * While nothing comes through for longer than that, sessions that the database has not, or no more, are no free places in
 * the pool: the server may wait on connections that are lost, or cannot open others.
 */
const silentMs = 2_000

const noLook = 'the sessions at the database were never seen in the window'

/**
 * The longest stretch in which none of the system's connections was at rest, no more were opened, and more calls were in
 * flight than there were connections: so some of them waited. Its low end counts from when another connection would have
 * been opened, if the pool had let it, unless the plan says how many it may open; it is for sure of that length. Its
 * high end has looks in it of which it cannot be told, and reaches from neighbour to neighbour.
 */
export function derivedSaturated(view: RunView, spans: readonly Span[]): Measured {
  const method = `${derivedMethod(view)}: none at rest, none opened, and more calls in flight than connections`
  const looks = looksOf(view)
  const max = poolMaxOfPlan(view)
  const plateau = looks.reduce((most, look) => Math.max(most, look.connections), 0)
  const parts = spans.map((span) => stretchIn(looks, span, (look) => fullnessOf(look, max, plateau), max !== null))
  const samples = parts.reduce((sum, part) => sum + part.samples, 0)
  if (samples === 0) return none('no_samples', noLook, 'ms', 0, method)
  const low = Math.max(...parts.map((part) => part.interval.low))
  const high = Math.max(low, ...parts.map((part) => part.interval.high))
  return between(low, { low, high }, 'ms', samples, method)
}

function fullnessOf(look: Look, max: number | null, plateau: number): Fullness {
  const { connections, usedAtLeast, usedAtMost, inFlightAtLeast, inFlightAtMost, roundTrip } = look
  if (inFlightAtMost <= Math.min(connections, max ?? connections) || usedAtMost < connections) return 'not'
  const isShort = connections === 0 || (max !== null && connections < max)
  if (isShort) return roundTrip.highMs <= silentMs ? 'not' : 'perhaps'
  // Of fewer than it has had, it may be that others are about to be opened; or that those were not the pool's.
  const isWhole = connections >= (max ?? plateau)
  const isFull = isWhole && usedAtLeast >= connections && inFlightAtLeast > connections
  return isFull ? 'full' : 'perhaps'
}

interface Stretch {
  readonly interval: Interval
  readonly samples: number
}

function stretchIn(
  looks: readonly Look[],
  span: Span,
  stateOf: (look: Look) => Fullness,
  isMaxKnown: boolean,
): Stretch {
  const inside = looks.filter((look) => look.tUs >= span.startUs && look.tUs < span.endUs)
  let [lowUs, highUs] = [0, 0]
  let surelySince: Look | null = null
  /** The end of the look before the stretch that may be one. */
  let perhapsFromUs: number | null = null
  for (const [at, look] of inside.entries()) {
    const state = stateOf(look)
    const beforeUs = inside[at - 1]?.tUs ?? span.startUs
    const afterUs = inside[at + 1]?.tUs ?? span.endUs
    surelySince = state === 'full' ? firstOf(surelySince, look) : null
    if (surelySince !== null) {
      const openedUs = isMaxKnown ? 0 : openingUs(look)
      lowUs = Math.max(lowUs, look.tUs - surelySince.tUs - openedUs)
    }
    perhapsFromUs = state === 'not' ? null : (perhapsFromUs ?? beforeUs)
    if (perhapsFromUs !== null) highUs = Math.max(highUs, afterUs - perhapsFromUs)
    // A stretch shorter than the time between two looks may have been seen by none.
    highUs = Math.max(highUs, look.tUs - beforeUs)
  }
  highUs = Math.max(highUs, span.endUs - (inside.at(-1)?.tUs ?? span.startUs))
  return { interval: { low: lowUs / 1_000, high: highUs / 1_000 }, samples: inside.length }
}

/** The look that a stretch with as many connections began with. */
function firstOf(before: Look | null, look: Look): Look {
  return before?.connections === look.connections ? before : look
}

/** Of the connections that the plan says the server may open, the highest share that was in use. */
export function derivedPeakRatio(view: RunView, spans: readonly Span[]): Measured {
  const method = `${derivedMethod(view)}: sampled peak of those in use, up to the largest rise between samples`
  const max = poolMaxOfPlan(view)
  const looks = looksOf(view)
  const timesUs = looks.map((look) => look.tUs)
  const atLeast = sampledPeak({ timesUs, values: looks.map((look) => look.usedAtLeast) }, spans)
  const atMost = sampledPeak({ timesUs, values: looks.map((look) => look.usedAtMost) }, spans)
  if (max === null || atLeast === null || atMost === null) return none('no_samples', noLook, 'ratio', 0, method)
  const interval = { low: atLeast.low / max, high: Math.max(atLeast.high, atMost.high) / max }
  return between(atLeast.low / max, interval, 'ratio', atLeast.samples, method)
}
