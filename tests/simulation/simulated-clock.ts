import type { Clock } from '../../src/domain/clock.ts'

interface Sleeper {
  readonly wakeUs: number
  readonly order: number
  readonly wake: () => void
}

/** Time that moves only when everybody sleeps: exact schedules, no waiting. */
export class SimulatedClock implements Clock {
  #nowUs: number
  #order = 0
  #sleepers: Sleeper[] = []
  /** Added to the wall clock only. */
  wallStepUs = 0

  constructor(startUs = 1_000_000_000) {
    this.#nowUs = startUs
  }

  monotonicUs(): number {
    return this.#nowUs
  }

  wallUnixUs(): number {
    return 1_700_000_000_000_000 + this.#nowUs + this.wallStepUs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper = { wakeUs: this.#nowUs + Math.round(ms * 1_000), order: this.#order++, wake: resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', () => this.#wake(sleeper), { once: true })
    })
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
    sleeper.wake()
  }

  /** Lets time pass until `done` settles; every wake-up runs to its end before the next. Bounded by `turnsMax`. */
  async runUntil<T>(done: Promise<T>, turnsMax = 100_000): Promise<T> {
    let settled = false
    const watched = done.finally(() => {
      settled = true
    })
    watched.catch(() => undefined)
    for (let turn = 0; turn < turnsMax; turn += 1) {
      // Promises that are ready go first; setImmediate comes after all of them.
      await new Promise((resolve) => setImmediate(resolve))
      if (settled) return await watched
      const next = this.#sleepers.toSorted((a, b) => a.wakeUs - b.wakeUs || a.order - b.order)[0]
      if (!next) continue
      this.#nowUs = next.wakeUs
      this.#wake(next)
    }
    throw new Error(`not done after ${turnsMax} turns of simulated time`)
  }
}
