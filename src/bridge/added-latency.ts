import { addedBoundsS, type BridgeTold } from '../domain/bridge.ts'

/** Counts what the bridge adds to each call: a histogram, cumulative since its start. */
export class AddedLatency {
  readonly #counts = new Array<number>(addedBoundsS.length + 1).fill(0)
  #count = 0
  #sumS = 0

  add(ns: bigint): void {
    const s = Number(ns) / 1e9
    const at = addedBoundsS.findIndex((bound) => s <= bound)
    const bucket = at === -1 ? addedBoundsS.length : at
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count += 1
    this.#sumS += s
  }

  told(): BridgeTold['added'] {
    let below = 0
    const cumulative = addedBoundsS.map((_, at) => {
      below += this.#counts[at] ?? 0
      return below
    })
    return [this.#count, this.#sumS, cumulative]
  }
}
