/** How many past seconds of high-water marks are kept: a scraper may be that late and still lose nothing. */
export const keptSeconds = 10

export interface SecondMark {
  /** Whole seconds of process uptime. */
  readonly second: number
  readonly used: number
  readonly pending: number
}

/**
 * What gauges cannot tell: the peaks of each second, and how long the pool was saturated (somebody waits, with no room to
 * open one more connection). Fed with each change; time is given by the caller, in milliseconds of process uptime.
 */
export class Saturation {
  readonly #marks = new Map<number, { used: number; pending: number }>()
  #used = 0
  #pending = 0
  #second: number
  #saturatedSinceMs: number | undefined
  #saturatedMs = 0
  #longestMs = 0

  constructor(nowMs: number) {
    this.#second = Math.floor(nowMs / 1_000)
    this.#marks.set(this.#second, { used: 0, pending: 0 })
  }

  change(used: number, pending: number, nowMs: number): void {
    this.#advance(nowMs)
    this.#used = used
    this.#pending = pending
    this.#raise(this.#second)
    const saturated = pending > 0
    if (saturated && this.#saturatedSinceMs === undefined) this.#saturatedSinceMs = nowMs
    if (!saturated && this.#saturatedSinceMs !== undefined) {
      const stretchMs = nowMs - this.#saturatedSinceMs
      this.#saturatedMs += stretchMs
      this.#longestMs = Math.max(this.#longestMs, stretchMs)
      this.#saturatedSinceMs = undefined
    }
  }

  /** The last `keptSeconds` seconds, oldest first; the running one is the last. */
  marks(nowMs: number): readonly SecondMark[] {
    this.#advance(nowMs)
    return [...this.#marks].map(([second, mark]) => ({ second, ...mark }))
  }

  /** All saturated time so far, a stretch that still lasts included. */
  saturatedMs(nowMs: number): number {
    return this.#saturatedMs + this.#openMs(nowMs)
  }

  longestMs(nowMs: number): number {
    return Math.max(this.#longestMs, this.#openMs(nowMs))
  }

  #openMs(nowMs: number): number {
    return this.#saturatedSinceMs === undefined ? 0 : nowMs - this.#saturatedSinceMs
  }

  /** A second in which nothing changed has the level that it began with. */
  #advance(nowMs: number): void {
    const now = Math.floor(nowMs / 1_000)
    const from = Math.max(this.#second + 1, now - keptSeconds + 1)
    for (let second = from; second <= now; second++) this.#raise(second)
    this.#second = Math.max(this.#second, now)
    for (const second of this.#marks.keys()) {
      if (second <= this.#second - keptSeconds) this.#marks.delete(second)
    }
  }

  #raise(second: number): void {
    const mark = this.#marks.get(second)
    if (mark === undefined) {
      this.#marks.set(second, { used: this.#used, pending: this.#pending })
    } else {
      mark.used = Math.max(mark.used, this.#used)
      mark.pending = Math.max(mark.pending, this.#pending)
    }
  }
}
