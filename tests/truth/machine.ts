import { quantileOf } from './served.ts'

const everyMs = 5

/**
 * How late this machine wakes a process that only sleeps, while it is watched: a call that is answered on time is seen
 * late by as much. Neither Squall nor the system under test has a part in it.
 */
export class MachineWatch implements Disposable {
  readonly #latenessMs: number[] = []
  readonly #timer: NodeJS.Timeout
  #lastMs = performance.now()

  constructor() {
    this.#timer = setInterval(() => {
      const nowMs = performance.now()
      this.#latenessMs.push(Math.max(0, nowMs - this.#lastMs - everyMs))
      this.#lastMs = nowMs
    }, everyMs)
  }

  /** A quantile of it, ms. */
  latenessMs(p: number): number {
    return quantileOf(this.#latenessMs, p)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
