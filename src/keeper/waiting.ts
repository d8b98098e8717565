import type { Clock } from '../domain/clock.ts'

/** A signal that aborts after `ms` and does not keep the process alive. */
export function abortAfter(ms: number): AbortSignal {
  return AbortSignal.timeout(ms)
}

/** Never resolves: keeps the process going though nothing is open in it, until it exits by itself. */
export async function keepGoing(clock: Clock): Promise<never> {
  // 2^31 - 1 ms is the longest that Node's timers can wait.
  for (;;) await clock.sleep(2 ** 31 - 1)
}

/** Asks every `everyMs` until `isSo` says yes, at most `ms` long; resolves to its last answer. */
export async function becomes(isSo: () => boolean, ms: number, everyMs: number, clock: Clock): Promise<boolean> {
  const endUs = clock.monotonicUs() + ms * 1_000
  for (;;) {
    if (isSo()) return true
    if (clock.monotonicUs() >= endUs) return false
    await clock.sleep(everyMs)
  }
}
