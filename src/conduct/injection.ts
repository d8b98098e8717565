import type { Clock } from '../domain/clock.ts'
import { NotPossibleHere } from '../domain/node-control.ts'
import type { PlannedFault, StartCondition } from '../domain/plan.ts'
import type { ProbeQuestion } from '../domain/probe-sample.ts'
import { boundsMs } from './bounds.ts'
import { type Harm, type Patience, usualPatience } from './harm.ts'
import { momentUs, type Sight, type WatchingAll, waitForSightOfAll } from './sight.ts'
import type { UndoHolder } from './undo-holder.ts'

/** `notPossible`: this machine does not let it act, or does not let us see it. `stopped`: it could not act any more from then on, until its planned end. */
export type InjectionEdge = 'requested' | 'notPossible' | 'applied' | 'observed' | 'stopped' | 'healed' | 'healVerified'

export interface InjectionContext extends WatchingAll {
  readonly t0Us: number
  readonly undo: UndoHolder
  /** Quickens or slows the probes of its targets, which ask the harm's own question while they are quick. */
  readonly setQuick: (quick: boolean, question: ProbeQuestion) => void
  /** `timeUs` is run time. */
  readonly tell: (edge: InjectionEdge, timeUs: number, extra?: { resolutionUs?: number; note?: string }) => void
  readonly note: (text: string) => void
  /** Why its effect could not be told from what was there before; null: it can. */
  readonly whyBlind: () => string | null
  /** Whether what a fault waits for comes before `untilUs` (absolute). */
  readonly comes: (condition: StartCondition, untilUs: number) => Promise<boolean>
}

function patienceWith({ patience }: Harm): Patience {
  return patience ?? usualPatience
}

export async function withDeadline<T>(clock: Clock, ms: number, what: string, work: Promise<T>): Promise<T> {
  const settled = new AbortController()
  const late = clock.sleep(ms, settled.signal).then(async () => {
    if (settled.signal.aborted) return await work
    throw new Error(`${what} took over ${ms} ms`)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    settled.abort()
    work.catch(() => undefined)
    late.catch(() => undefined)
  }
}

/** Resolves when the harm was seen, or was not by `healAtUs`; `doing` is what it goes on doing until then. */
async function applyAndObserve(
  context: InjectionContext,
  harm: Harm,
  healAtUs: number,
): Promise<{ readonly doing: Promise<void> }> {
  const { clock, t0Us, tell, note } = context
  const requestedUs = clock.monotonicUs()
  tell('requested', requestedUs - t0Us)
  const sight = waitForSightOfAll(context, {
    sinceUs: requestedUs,
    untilUs: healAtUs,
    question: harm.question,
    seenBy: harm.seenBy,
    inARow: 1,
    // An answer that was merely slow when the fault came tells nothing: it must have been asked for since.
    looksRight(sample) {
      const isAffected = harm.isAffected(sample)
      return isAffected === null ? null : isAffected && (sample.error !== null || sample.askedUs >= requestedUs)
    },
    moment: (sample) => momentUs(sample, requestedUs),
  })
  const applied = withDeadline(clock, patienceWith(harm).apply, `applying ${harm.name}`, harm.apply()).then(
    () => {
      tell('applied', clock.monotonicUs() - t0Us)
      return true
    },
    (error: unknown) => {
      if (error instanceof NotPossibleHere) {
        tell('notPossible', clock.monotonicUs() - t0Us, { note: error.message })
        note(`${harm.id}: is not possible here: ${error.message}`)
      } else note(`${harm.id}: could not be applied: ${String(error)}`)
      return false
    },
  )
  const doing = applied.then((isOn) => (isOn ? keepDoing(context, harm, healAtUs) : undefined))
  const seen = await sight
  if (seen) tell('observed', seen.atUs - t0Us, { resolutionUs: seen.resolutionUs })
  context.setQuick(false, harm.question)
  return { doing }
}

/** What the fault does besides coming and going, until it is to be healed. */
async function keepDoing(context: InjectionContext, harm: Harm, healAtUs: number): Promise<void> {
  const { clock, note } = context
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, context.signal])
  const work = Promise.all((harm.parts ?? [harm]).map((part) => actAgainAndAgain(context, part, signal)))
  const ended = clock.sleep((healAtUs - clock.monotonicUs()) / 1_000, context.signal).then(() => over.abort())
  await ended
  await withDeadline(clock, boundsMs.doingEnd, harm.id, work).catch(() => note(`${harm.id}: did not stop in time`))
}

/** What fails is tried again: a harm that gave up at its first hindrance would leave the rest of its window calm. */
async function actAgainAndAgain(context: InjectionContext, harm: Harm, signal: AbortSignal): Promise<void> {
  const { clock, t0Us, tell, note } = context
  let failingSinceUs: number | null = null
  while (!signal.aborted) {
    const beganUs = clock.monotonicUs()
    try {
      await harm.during({ signal, sleep: (ms) => clock.sleep(ms, signal) })
      return
    } catch (error) {
      // One that has acted for a while in between is at it again.
      if (failingSinceUs === null || clock.monotonicUs() - beganUs > boundsMs.actAgain * 10_000) {
        failingSinceUs = clock.monotonicUs()
        note(`${harm.id}: cannot act: ${String(error)}`)
      }
      await clock.sleep(boundsMs.actAgain, signal)
    }
  }
  if (failingSinceUs !== null) tell('stopped', failingSinceUs - t0Us)
}

/** Aborts a while after the run was told to end; at once gone where it never is. */
function patienceOf({ clock, signal }: InjectionContext, msMax: number): { readonly signal: AbortSignal } & Disposable {
  const patience = new AbortController()
  const over = new AbortController()
  const begin = (): void => {
    void clock.sleep(msMax, over.signal).then(() => patience.abort())
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true, signal: over.signal })
  return { signal: patience.signal, [Symbol.dispose]: () => over.abort() }
}

function rejectionOf(signal: AbortSignal, what: string): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new Error(`${what} was given up: the run is to end`))
    if (signal.aborted) refuse()
    else signal.addEventListener('abort', refuse, { once: true })
  })
}

async function healAndVerify(context: InjectionContext, harm: Harm): Promise<void> {
  const { clock, t0Us, undo, tell, note } = context
  const healingUs = clock.monotonicUs()
  const mayTake = patienceWith(harm)
  using patience = patienceOf(context, mayTake.healAtEnd)
  // All that a run which is to end now leaves undone is the keeper's to undo, with the stack's end.
  const force = () =>
    context.signal.aborted ? { isHealed: false, how: 'the keeper undoes it with the end of the stack' } : undo.force()
  const lookFrom = (sinceUs: number): Promise<Sight | null> =>
    waitForSightOfAll(
      { ...context, signal: patience.signal },
      {
        sinceUs,
        untilUs: healingUs + (boundsMs.healVerify + Math.max(0, mayTake.heal - boundsMs.heal)) * 1_000,
        question: harm.question,
        seenBy: harm.seenBy,
        inARow: harm.samplesToTrust,
        // An answer that was held back for as long as the fault holds any proves nothing: the next one may.
        looksRight(sample) {
          const isAffected = harm.isAffected(sample)
          return isAffected === null ? null : !isAffected
        },
        moment: (sample) => sample.endedUs,
      },
    )
  // The watch begins before the heal is asked for, since what was held back may come in the same millisecond.
  let sight = lookFrom(healingUs)
  try {
    const healed = withDeadline(clock, mayTake.heal, `healing ${harm.name}`, harm.heal())
    await Promise.race([healed, rejectionOf(patience.signal, `healing ${harm.name}`)])
    tell('healed', clock.monotonicUs() - t0Us)
  } catch (error) {
    const { isHealed, how } = await force()
    const text = `${harm.id}: healing failed (${String(error)}); ${how}`
    note(text)
    if (isHealed) tell('healed', clock.monotonicUs() - t0Us, { note: text })
    // What looked well while it was not healed was chance.
    sight = lookFrom(clock.monotonicUs())
  }
  const healedUs = clock.monotonicUs()
  const seen = await sight
  // Verified is what was both answered and seen: a harm that comes and goes may look gone before it is. Its true end lies
  // between the last sample that showed it and this moment.
  if (seen) {
    const atUs = Math.max(seen.atUs, healedUs)
    tell('healVerified', atUs - t0Us, { resolutionUs: seen.resolutionUs + atUs - seen.atUs })
    await undo.forget()
    return
  }
  const waitedS = (clock.monotonicUs() - healingUs) / 1_000_000
  note(`${harm.id}: its end was not seen in ${waitedS.toFixed(1)} s; ${(await force()).how}`)
}

/** When it starts: as planned, or as soon as what it waits for has come. Run time, ms; null: not in this run. */
async function waitForStart(context: InjectionContext, planned: PlannedFault, harm: Harm): Promise<number | null> {
  const { clock, t0Us, signal, note } = context
  const { startMs, after } = planned
  if (after === undefined) {
    await sleepUntil(context, harm, startMs)
    return signal.aborted ? null : startMs
  }
  const nowMs = () => (clock.monotonicUs() - t0Us) / 1_000
  await clock.sleep(startMs - nowMs(), signal)
  const hasCome = await context.comes(after.condition, t0Us + after.latestMs * 1_000)
  if (signal.aborted) return null
  if (hasCome) return nowMs()
  note(`${planned.id}: what it waits for had not come by ${after.latestMs / 1_000} s: it never began`)
  return null
}

/** Sleeps until run time `atMs`, in which the probe is quickened shortly before. */
async function sleepUntil(context: InjectionContext, harm: Harm, atMs: number): Promise<void> {
  const { clock, t0Us, signal } = context
  const remainingMs = () => atMs - (clock.monotonicUs() - t0Us) / 1_000
  await clock.sleep(remainingMs() - boundsMs.probeQuickAhead, signal)
  context.setQuick(true, harm.question)
  await clock.sleep(remainingMs(), signal)
}

/** A harm that nobody could see come or go is not done: what was there before would pass for its effect. */
function refuse({ clock, t0Us, tell, note, setQuick }: InjectionContext, harm: Harm, why: string): void {
  setQuick(false, harm.question)
  const nowUs = clock.monotonicUs() - t0Us
  tell('requested', nowUs)
  tell('notPossible', nowUs, { note: why })
  note(`${harm.id}: is not possible here: ${why}`)
}

/**
 * One injection from its start, planned or waited for, to its verified end. When `context.signal` aborts, a fault that
 * is on is healed at once, and one that has not begun never begins. Resolves when nothing of it is left; rejects only when it could
 * not even be healed by force, or when its undo could not be written (then it has not acted).
 */
export async function inject(context: InjectionContext, planned: PlannedFault, harm: Harm): Promise<void> {
  const startMs = await waitForStart(context, planned, harm)
  if (startMs === null) return context.setQuick(false, harm.question)
  const why = context.whyBlind()
  if (why !== null) return refuse(context, harm, why)
  context.setQuick(true, harm.question)
  await context.undo.record()
  if (context.signal.aborted) return context.undo.forget()
  const endMs = startMs + planned.forMs
  try {
    const { doing } = await applyAndObserve(context, harm, context.t0Us + endMs * 1_000)
    await Promise.all([doing, sleepUntil(context, harm, endMs)])
  } finally {
    await healAndVerify(context, harm)
    context.setQuick(false, harm.question)
  }
}
