import type { BridgeTold } from '../domain/bridge.ts'
import type { Clock } from '../domain/clock.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'
import { describeFetchError } from './pool.ts'

export interface BridgeSamplerSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  /** Where it tells of itself. */
  readonly url: string
  /** null: the server has one. */
  readonly instance: string | null
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

/** It tells a few numbers of its own memory: 1 ms on loopback. */
const answerTimeoutMs = 1_000

/** What the bridge before a stdio server costs, by itself. */
export function sampleBridge(spec: BridgeSamplerSpec): Sampler {
  const sample = async () => {
    const askedUs = spec.clock.monotonicUs()
    let cells: readonly unknown[]
    try {
      const response = await fetch(spec.url, { signal: AbortSignal.timeout(answerTimeoutMs), redirect: 'error' })
      const { added, cpuUs, processes, deaths } = (await response.json()) as BridgeTold
      cells = [null, spec.instance, added, cpuUs, processes, deaths]
    } catch (cause) {
      cells = [describeFetchError(cause, answerTimeoutMs), spec.instance, null, null, null, null]
    }
    const nowUs = spec.clock.monotonicUs()
    spec.writer.row([nowUs - spec.t0Us, nowUs - askedUs, ...cells])
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}
