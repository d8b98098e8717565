import type { FaultParameters, LinkFault } from '../../chaos/faults/fault.ts'
import type { Clock } from '../domain/clock.ts'
import type { LinkControl, LinkSample } from '../domain/link.ts'
import type { PlannedFault } from '../domain/plan.ts'
import { boundsMs } from './bounds.ts'

export type InjectionEdge = 'requested' | 'applied' | 'observed' | 'healed' | 'healVerified'

/** Who holds the undo of a fault while it is on: the keeper. */
export interface UndoHolder {
  /** Resolves once the undo lies on disk; the fault must not act before. */
  record(): Promise<void>
  /** The fault is verified to be gone. */
  forget(): Promise<void>
  /** Heals by force when the fault's own heal has failed; tells how. */
  force(): Promise<string>
}

export interface InjectionContext {
  readonly clock: Clock
  readonly t0Us: number
  readonly link: LinkControl
  readonly undo: UndoHolder
  /** Adds a listener to the samples of our own connections on that link; the answer removes it. */
  readonly watch: (listener: (sample: LinkSample) => void) => () => void
  /** Quickens or slows the probe of that link. */
  readonly setQuick: (quick: boolean) => void
  /** `timeUs` is run time. */
  readonly tell: (edge: InjectionEdge, timeUs: number, extra?: { resolutionUs?: number; note?: string }) => void
  readonly note: (text: string) => void
  readonly signal: AbortSignal
}

const connections = ['long', 'fresh'] as const

/** Where the harm, or its absence, is first seen on both of our connections; absolute µs. */
interface Sight {
  readonly atUs: number
  readonly resolutionUs: number
}

/** A sample's own moment: silence and slowness began when it was asked, a broken socket spoke at its end. */
function momentUs(sample: LinkSample, sinceUs: number): number {
  const began = sample.error === null || sample.error === 'timeout'
  return began ? Math.max(sample.askedUs, sinceUs) : sample.endedUs
}

/**
 * Waits until both connections have shown what is looked for, or until `signal` or the time is up (null).
 * `looksRight` decides for one sample; the resolution is the longest time between the last sample before it that did
 * not show it and the first that did.
 */
async function waitForSight(
  context: InjectionContext,
  sinceUs: number,
  untilUs: number,
  looksRight: (sample: LinkSample) => boolean,
  moment: (sample: LinkSample) => number,
): Promise<Sight | null> {
  const found = new Map<LinkSample['connection'], Sight>()
  const lastOther = new Map<LinkSample['connection'], number>()
  const seen = new AbortController()
  const unwatch = context.watch((sample) => {
    if (found.has(sample.connection)) return
    if (sample.endedUs < sinceUs || !looksRight(sample)) {
      lastOther.set(sample.connection, sample.endedUs)
      return
    }
    const atUs = moment(sample)
    const before = lastOther.get(sample.connection) ?? sinceUs
    found.set(sample.connection, { atUs, resolutionUs: Math.max(0, atUs - Math.min(before, atUs)) })
    if (found.size === connections.length) seen.abort()
  })
  try {
    const signal = AbortSignal.any([seen.signal, context.signal])
    await context.clock.sleep((untilUs - context.clock.monotonicUs()) / 1_000, signal)
  } finally {
    unwatch()
  }
  if (found.size < connections.length) return null
  const sights = [...found.values()]
  return {
    atUs: Math.max(...sights.map((sight) => sight.atUs)),
    resolutionUs: Math.max(...sights.map((sight) => sight.resolutionUs)),
  }
}

async function withDeadline(clock: Clock, ms: number, what: string, work: Promise<void>): Promise<void> {
  const settled = new AbortController()
  const late = clock.sleep(ms, settled.signal).then(() => {
    if (!settled.signal.aborted) throw new Error(`${what} took over ${ms} ms`)
  })
  try {
    await Promise.race([work, late])
  } finally {
    settled.abort()
    work.catch(() => undefined)
    late.catch(() => undefined)
  }
}

async function applyAndObserve(
  context: InjectionContext,
  planned: PlannedFault,
  fault: LinkFault,
  parameters: FaultParameters,
): Promise<void> {
  const { clock, t0Us, link, tell, note } = context
  const requestedUs = clock.monotonicUs()
  tell('requested', requestedUs - t0Us)
  const healAtUs = t0Us + (planned.startMs + planned.forMs) * 1_000
  const sight = waitForSight(
    context,
    requestedUs,
    healAtUs,
    // An answer that was merely slow when the fault came tells nothing: it must have been asked for since.
    (sample) => fault.isAffected(sample, parameters) && (sample.error !== null || sample.askedUs >= requestedUs),
    (sample) => momentUs(sample, requestedUs),
  )
  try {
    await withDeadline(clock, boundsMs.apply, `applying ${fault.name}`, fault.apply(link, parameters))
    tell('applied', clock.monotonicUs() - t0Us)
  } catch (error) {
    note(`${planned.id}: could not be applied: ${String(error)}`)
  }
  const seen = await sight
  if (seen) tell('observed', seen.atUs - t0Us, { resolutionUs: seen.resolutionUs })
  context.setQuick(false)
}

async function healAndVerify(
  context: InjectionContext,
  planned: PlannedFault,
  fault: LinkFault,
  parameters: FaultParameters,
): Promise<void> {
  const { clock, t0Us, link, undo, tell, note } = context
  const healingUs = clock.monotonicUs()
  // The watch begins before the heal is asked for, since what was held back may come in the same millisecond.
  const sight = waitForSight(
    { ...context, signal: new AbortController().signal },
    healingUs,
    healingUs + boundsMs.healVerify * 1_000,
    // An answer that was held back for as long as the fault holds any proves nothing: the next one may.
    (sample) => !fault.isAffected(sample, parameters),
    (sample) => sample.endedUs,
  )
  try {
    await withDeadline(clock, boundsMs.apply, `healing ${fault.name}`, fault.heal(link, parameters))
    tell('healed', clock.monotonicUs() - t0Us)
  } catch (error) {
    const how = await undo.force()
    const text = `${planned.id}: healing failed (${String(error)}); ${how}`
    note(text)
    tell('healed', clock.monotonicUs() - t0Us, { note: text })
  }
  const seen = await sight
  if (seen) {
    tell('healVerified', seen.atUs - t0Us, { resolutionUs: seen.resolutionUs })
    await undo.forget()
  } else note(`${planned.id}: its end was not seen within ${boundsMs.healVerify / 1_000} s; ${await undo.force()}`)
}

/** Sleeps until run time `atMs`, in which the probe is quickened shortly before. */
async function sleepUntil(context: InjectionContext, atMs: number): Promise<void> {
  const { clock, t0Us, signal } = context
  const remainingMs = () => atMs - (clock.monotonicUs() - t0Us) / 1_000
  await clock.sleep(remainingMs() - boundsMs.probeQuickAhead, signal)
  context.setQuick(true)
  await clock.sleep(remainingMs(), signal)
}

/**
 * One injection from its planned start to its verified end. When `context.signal` aborts, a fault that is on is healed
 * at once, and one that has not begun never begins. Resolves when nothing of it is left; rejects only when it could
 * not even be healed by force, or when its undo could not be written (then it has not acted).
 */
export async function inject(context: InjectionContext, planned: PlannedFault, fault: LinkFault): Promise<void> {
  await sleepUntil(context, planned.startMs)
  if (context.signal.aborted) return
  await context.undo.record()
  try {
    await applyAndObserve(context, planned, fault, planned.with)
    await sleepUntil(context, planned.startMs + planned.forMs)
  } finally {
    await healAndVerify(context, planned, fault, planned.with)
    context.setQuick(false)
  }
}
