import type { Clock } from '../domain/clock.ts'
import { type ProbeConnection, type ProbeQuestion, type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { type ProbeTarget, probe } from '../observe/prober.ts'
import type { StreamWriter } from '../record/writer.ts'
import { boundsMs } from './bounds.ts'

/** The samples of our own connections on one link or node: recorded, and handed to whoever watches. */
export interface TargetWatch extends AsyncDisposable {
  watch(listener: (sample: ProbeSample) => void): () => void
  /** Quick as long as anyone named wants it so, asking what they ask. */
  setQuick(who: string, quick: boolean, question?: ProbeQuestion): void
  /**
   * Why nothing that these connections see tells anything of a fault: one of them has failed from the start, and never been
   * answered. null: they have been, or it is not known yet.
   */
  whyBlind(seenBy: readonly ProbeConnection[]): string | null
}

export interface TargetWatchSpec {
  readonly clock: Clock
  readonly t0Us: number
  /** Of the link or the node. */
  readonly id: string
  readonly target: ProbeTarget
  readonly everyMs: number
  readonly writer: StreamWriter
  /** Called once, with what ended the probe. */
  readonly onError: (error: unknown) => void
}

export function watchTarget({ clock, t0Us, id, target, everyMs, writer, onError }: TargetWatchSpec): TargetWatch {
  const listeners = new Set<(sample: ProbeSample) => void>()
  const hurried = new Map<string, ProbeQuestion>()
  const turns = { long: 0, fresh: 0 }
  const answered = new Set<ProbeConnection>()
  /** The first thing that each was told instead of an answer. */
  const refusals = new Map<ProbeConnection, string>()
  /** Those of all who are near, one after the other on each connection: faults may overlap. */
  const question = (connection: ProbeConnection) => {
    const all = [...hurried.values()]
    turns[connection] += 1
    const asked = all[turns[connection] % Math.max(1, all.length)] ?? usualQuestion
    const isForOther = connection === 'long' ? asked.isGoodbye : asked.isInSystemDatabase
    return isForOther ? usualQuestion : asked
  }
  const sampler = probe(target, {
    clock,
    everyMs: () => (hurried.size > 0 ? boundsMs.probeQuick : everyMs),
    question,
    onSample(sample) {
      const { askedUs, endedUs, connection, error, sqlState, message } = sample
      if (error === null) answered.add(connection)
      else if (!refusals.has(connection)) refusals.set(connection, message ?? error)
      writer.row([askedUs - t0Us, endedUs - t0Us, id, connection, error === null, error, sqlState])
      for (const listener of listeners) listener(sample)
    },
    onError,
  })
  return {
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setQuick(who, quick, question = usualQuestion) {
      if (quick) hurried.set(who, question)
      else hurried.delete(who)
    },
    whyBlind(seenBy) {
      const blind = seenBy.find((connection) => refusals.has(connection) && !answered.has(connection))
      if (blind === undefined) return null
      return `Squall's own connections to ${id} were never answered before it, so that they cannot show it: ${refusals.get(blind)}`
    },
    [Symbol.asyncDispose]: () => sampler.stop(),
  }
}
