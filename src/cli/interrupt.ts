import type { Clock } from '../domain/clock.ts'
import { onParentGone } from './parent.ts'

/** The user wants to stop: 130 after everything is healed, as shells say for SIGINT. */
export class Interrupted extends Error {
  readonly kind = 'interrupted'
  readonly exitCode = 130
  constructor() {
    super('interrupted')
  }
}

/** A signal to the whole process group comes twice, once more by way of the launcher: no second wish to stop. */
const echoMs = 500

/** Enough for what was being set up to be stopped, and for most heals. */
const orphanMsMax = 1_000

/**
 * Aborts at the first SIGINT, SIGTERM, SIGHUP, or when the launcher is gone. A second signal ends this process at
 * once: the keeper sees its pipe close, heals and ends everything by itself.
 */
export function listenForInterrupt(clock: Clock, onFirst: (why: string) => void): AbortSignal {
  const controller = new AbortController()
  let firstUs = 0
  const stop = (why: string) => {
    const nowUs = clock.monotonicUs()
    if (controller.signal.aborted) {
      if (nowUs - firstUs > echoMs * 1_000) process.exit(130)
      return
    }
    firstUs = nowUs
    onFirst(why)
    controller.abort(new Interrupted())
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
  onParentGone(() => {
    if (!controller.signal.aborted) stop('the launcher is gone')
    // Killed, most likely: nothing is to be left 5 s later, whatever hangs here. The keeper needs its part of that.
    void clock.sleep(orphanMsMax).then(() => process.exit(130))
  })
  return controller.signal
}

/** The work's result, or Interrupted as soon as the user wants to stop; the work itself is not stopped by this. */
export async function orInterrupted<T>(work: Promise<T>, interrupt: AbortSignal): Promise<T> {
  if (interrupt.aborted) throw new Interrupted()
  const interrupted = Promise.withResolvers<never>()
  const onAbort = () => interrupted.reject(new Interrupted())
  interrupt.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, interrupted.promise])
  } finally {
    interrupt.removeEventListener('abort', onAbort)
  }
}
