import type { Clock } from '../domain/clock.ts'

/** A loop that samples until it is stopped. */
export interface Sampler extends AsyncDisposable {
  /** Ends the loop and waits for the sample under way. */
  stop(): Promise<void>
}

/**
 * Calls `sample` every `everyMs`, counted from the start and not from the end of the sample before, so that a slow
 * answer does not stretch the rhythm. Samples never overlap: one that took longer lets the slots it covered fall out.
 * An error of `sample` ends the loop and goes to `onError`: samplers record what fails, so it is a defect.
 */
export function sampleEvery(
  clock: Clock,
  everyMs: number,
  sample: (signal: AbortSignal) => Promise<void> | void,
  onError: (error: unknown) => void,
): Sampler {
  const ended = new AbortController()
  const everyUs = everyMs * 1_000
  const loop = async () => {
    let nextUs = clock.monotonicUs()
    while (!ended.signal.aborted) {
      await sample(ended.signal)
      nextUs = Math.max(nextUs + everyUs, clock.monotonicUs())
      await clock.sleep((nextUs - clock.monotonicUs()) / 1_000, ended.signal)
    }
  }
  const running = loop().catch(onError)
  const stop = async () => {
    ended.abort()
    await running
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
