import { outcomes } from '../../src/domain/outcome.ts'
import { latencyLowMs } from '../../src/measure/call-facts.ts'
import { CallSet } from '../../src/measure/call-set.ts'
import { estimateQuantile } from '../../src/measure/quantile.ts'
import { randomOf } from '../../src/measure/testing/calm-run.ts'
import type { CallTable } from '../../src/record/reader-calls.ts'
import { type LoadModel, trueQuantileMs } from './correlated-load.ts'

export const shares = [0.5, 0.95, 0.99] as const

interface Window {
  readonly lengthS: number
  readonly callsPerS: number
}

/** How often, of `windows`, the interval of each quantile held the true one: the product's own, from its own calls. */
export function coverageOf(model: LoadModel, { lengthS, callsPerS }: Window, windows: number, seed: number): number[] {
  const random = randomOf(seed)
  const held = shares.map(() => 0)
  for (let window = 0; window < windows; window++) {
    const calls = callsOf(model, lengthS, callsPerS, random)
    const { lows } = calls.sorted(latency)
    for (const [at, p] of shares.entries()) {
      const { interval } = estimateQuantile(p, lows, lows, (aboveMs) => calls.designEffectAbove(latency, aboveMs))
      const truth = trueQuantileMs(model, p)
      if (interval.low <= truth && truth <= interval.high) held[at] = (held[at] ?? 0) + 1
    }
  }
  return held.map((count) => count / windows)
}

const latency = { lowMs: latencyLowMs, highMs: latencyLowMs }

function callsOf(model: LoadModel, lengthS: number, callsPerS: number, random: () => number): CallSet {
  const course = model.course(random, lengthS)
  const count = lengthS * callsPerS
  const intendedUs = Float64Array.from({ length: count }, (_, call) => Math.round((call * 1e6) / callsPerS))
  const endedUs = intendedUs.map((us) => us + Math.round(1_000 * model.latencyMs(course(us / 1e6), random)))
  const table: CallTable = {
    ...{ count, user: new Int32Array(count), tool: new Int32Array(count), intendedUs, endedUs },
    ...{ readyUs: intendedUs, startedUs: intendedUs, outcome: new Uint8Array(count).fill(outcomes.indexOf('ok')) },
    ...{ error: new Int32Array(count).fill(-1), tools: ['read'], errors: [] },
  }
  return new CallSet(
    table,
    Uint32Array.from({ length: count }, (_, row) => row),
  )
}
