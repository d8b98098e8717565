import type { Clock } from '../domain/clock.ts'
import type { LinkSample } from '../domain/link.ts'
import { probeLink } from '../observe/link-probe.ts'
import type { StreamWriter } from '../record/writer.ts'
import { boundsMs } from './bounds.ts'

/** The samples of our own connections on one link: recorded, and handed to whoever watches. */
export interface LinkWatch extends AsyncDisposable {
  watch(listener: (sample: LinkSample) => void): () => void
  /** Quick as long as anyone named wants it so. */
  setQuick(who: string, quick: boolean): void
}

export interface LinkWatchSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly linkId: string
  readonly databaseUrl: string
  readonly everyMs: number
  readonly writer: StreamWriter
  /** Called once, with what ended the probe. */
  readonly onError: (error: unknown) => void
}

export function watchLink(spec: LinkWatchSpec): LinkWatch {
  const listeners = new Set<(sample: LinkSample) => void>()
  const hurried = new Set<string>()
  const probe = probeLink({
    clock: spec.clock,
    databaseUrl: spec.databaseUrl,
    everyMs: () => (hurried.size > 0 ? boundsMs.probeQuick : spec.everyMs),
    onSample(sample) {
      const { askedUs, endedUs, connection, error } = sample
      spec.writer.row([askedUs - spec.t0Us, endedUs - spec.t0Us, spec.linkId, connection, error === null, error])
      for (const listener of listeners) listener(sample)
    },
    onError: spec.onError,
  })
  return {
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setQuick(who, quick) {
      if (quick) hurried.add(who)
      else hurried.delete(who)
    },
    [Symbol.asyncDispose]: () => probe.stop(),
  }
}
