import type { Clock } from '../domain/clock.ts'
import { type ProbeQuestion, type ProbeSample, usualQuestion } from '../domain/probe-sample.ts'
import { probeLink } from '../observe/link-probe.ts'
import type { StreamWriter } from '../record/writer.ts'
import { boundsMs } from './bounds.ts'

/** The samples of our own connections on one link: recorded, and handed to whoever watches. */
export interface LinkWatch extends AsyncDisposable {
  watch(listener: (sample: ProbeSample) => void): () => void
  /** Quick as long as anyone named wants it so, asking what they ask. */
  setQuick(who: string, quick: boolean, question?: ProbeQuestion): void
}

export interface LinkWatchSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly linkId: string
  readonly databaseUrl: string
  readonly everyMs: number
  readonly writer: StreamWriter
}

export function watchLink(spec: LinkWatchSpec): LinkWatch {
  const listeners = new Set<(sample: ProbeSample) => void>()
  const hurried = new Map<string, ProbeQuestion>()
  let turn = 0
  /** Those of all who are near, one after the other: faults may overlap. */
  const question = () => {
    const all = [...hurried.values()]
    turn += 1
    return all[turn % Math.max(1, all.length)] ?? usualQuestion
  }
  const probe = probeLink({
    clock: spec.clock,
    databaseUrl: spec.databaseUrl,
    everyMs: () => (hurried.size > 0 ? boundsMs.probeQuick : spec.everyMs),
    question,
    onSample(sample) {
      const { askedUs, endedUs, connection, error } = sample
      spec.writer.row([askedUs - spec.t0Us, endedUs - spec.t0Us, spec.linkId, connection, error === null, error])
      for (const listener of listeners) listener(sample)
    },
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
    [Symbol.asyncDispose]: () => probe.stop(),
  }
}
