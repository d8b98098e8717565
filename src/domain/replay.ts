/** One look at the primary: how far its log reaches, and how far each follower has replayed it, in bytes. */
export interface ReplayReading {
  readonly tUs: number
  /** Tells one server from another, and from itself after a restart. */
  readonly serverId: string | null
  readonly written: number
  readonly followers: readonly (readonly [name: string, replayed: number])[]
}

/** ms. `low`: that long at least the oldest byte that is not replayed has been written; `high`: and no longer. */
export interface Lag {
  readonly low: number
  readonly high: number
}

/** Positions kept while a follower stands still: an hour of four a second. */
const positionsMax = 14_400

/**
 * How far the last of the followers is behind, by our clock alone: PostgreSQL's own `replay_lag` stands still while
 * nothing is replayed (manual of 16, pg_stat_replication), which is when it matters. One that has gone is as far behind
 * as it was.
 */
export class ReplayLag {
  readonly #replayed = new Map<string, number>()
  #positions: { readonly tUs: number; readonly written: number }[] = []
  #serverId: string | null = null

  /** Readings come in order of time. null: nobody has followed so far, or has been behind since before the first look. */
  read({ tUs, serverId, written, followers }: ReplayReading): Lag | null {
    if (serverId !== this.#serverId) {
      this.#serverId = serverId
      this.#replayed.clear()
      this.#positions = []
    }
    for (const [name, replayed] of followers) this.#replayed.set(name, replayed)
    this.#positions.push({ tUs, written })
    if (this.#replayed.size === 0) {
      this.#positions = this.#positions.slice(-1)
      return null
    }
    const least = Math.min(...this.#replayed.values())
    const first = this.#positions.findIndex((position) => position.written > least)
    if (first < 0) {
      this.#positions = this.#positions.slice(-1)
      return { low: 0, high: 0 }
    }
    // The one before says from when on the missing byte may have been there; without it nobody knows since when.
    if (first === 0) return null
    this.#positions.splice(0, first - 1)
    if (this.#positions.length > positionsMax) this.#positions.splice(2, this.#positions.length - positionsMax)
    const [before, seen] = this.#positions
    return { low: (tUs - (seen?.tUs ?? tUs)) / 1_000, high: (tUs - (before?.tUs ?? tUs)) / 1_000 }
  }
}
