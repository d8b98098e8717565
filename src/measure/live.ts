import { isGood, outcomes } from '../domain/outcome.ts'
import { usPerSecond } from '../domain/time.ts'
import { quantileRank } from './quantile.ts'
import { there } from './there.ts'

/** How far back the live view looks. */
const lookBackUs = 5 * usPerSecond
/** Calls held at most: 5 s at twice the 11,000 calls/s that the generator was measured to reach. More drop the oldest. */
const heldMax = 110_000

/** A calls row as parsed from its stream, in the order of the header's columns. */
export type LiveRow = readonly (number | null)[]

export interface LiveReading {
  readonly calls: number
  readonly callsPerS: number
  /** From the intended start; Infinity when more than 5 % failed; null without calls. */
  readonly latencyMsP95: number | null
  /** null without calls. */
  readonly errorRatio: number | null
}

interface Held {
  readonly knownUs: number
  readonly latencyMs: number
  readonly good: boolean
}

/** The last 5 s of a run as its calls become known, for eyes only: nothing is judged by it, nothing is kept. */
export class LiveCalls {
  readonly #at: Readonly<Record<'intended' | 'ready' | 'ended' | 'outcome', number>>
  readonly #goodCodes: ReadonlySet<number | null | undefined>
  readonly #heldMax: number
  #held: Held[] = []

  /** @param columns @param outcomeNames as the stream's header has them */
  constructor(columns: readonly string[], outcomeNames: readonly string[] = outcomes, most = heldMax) {
    this.#heldMax = most
    this.#at = {
      intended: columns.indexOf('intended'),
      ready: columns.indexOf('ready'),
      ended: columns.indexOf('ended'),
      outcome: columns.indexOf('outcome'),
    }
    const good: readonly string[] = outcomes.filter((outcome) => isGood(outcome))
    this.#goodCodes = new Set(outcomeNames.flatMap((name, code) => (good.includes(name) ? [code] : [])))
  }

  /** A row without an intended start is passed over: the judge, not the live view, says what that means. */
  push(row: LiveRow): void {
    const intended = row[this.#at.intended] ?? null
    const knownUs = row[this.#at.ended] ?? row[this.#at.ready] ?? null
    if (intended === null || knownUs === null) return
    const good = this.#goodCodes.has(row[this.#at.outcome])
    this.#held.push({ knownUs, good, latencyMs: good ? (knownUs - intended) / 1000 : Number.POSITIVE_INFINITY })
    if (this.#held.length > 2 * this.#heldMax) this.#held = this.#held.slice(-this.#heldMax)
  }

  /** What became known in the 5 s before `nowUs` (less where the run is younger). */
  at(nowUs: number): LiveReading {
    this.#held = this.#held.filter((call) => call.knownUs > nowUs - lookBackUs)
    const seen = this.#held.filter((call) => call.knownUs <= nowUs)
    const seconds = Math.min(lookBackUs, Math.max(usPerSecond, nowUs)) / usPerSecond
    if (seen.length === 0) return { calls: 0, callsPerS: 0, latencyMsP95: null, errorRatio: null }
    const latencies = Float64Array.from(seen, (call) => call.latencyMs).sort()
    return {
      calls: seen.length,
      callsPerS: seen.length / seconds,
      latencyMsP95: there(latencies[quantileRank(0.95, latencies.length)]),
      errorRatio: seen.filter((call) => !call.good).length / seen.length,
    }
  }
}
