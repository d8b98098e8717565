import type { Clock } from '../domain/clock.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'
import { describeFetchError } from './pool.ts'

export interface BalancerSamplerSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  /** Where it tells of each instance. */
  readonly url: string
  /** Ids of the instances, in the balancer's order. */
  readonly instances: readonly string[]
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

/** It looks at a few numbers in its own memory: 1 ms on loopback. */
const answerTimeoutMs = 1_000

type Told = readonly [isUp: boolean, open: number, opened: number, sent: number]

/** What the balancer tells of each instance (engines/router/balance.go); null where it is not that. */
export function readInstances(value: unknown, count: number): readonly Told[] | null {
  if (!Array.isArray(value) || value.length !== count) return null
  const told = value.map((one: unknown): Told | null => {
    if (typeof one !== 'object' || one === null) return null
    const { isUp, open, opened, sent } = one as Record<string, unknown>
    const areNumbers = typeof open === 'number' && typeof opened === 'number' && typeof sent === 'number'
    return typeof isUp === 'boolean' && areNumbers ? [isUp, open, opened, sent] : null
  })
  const known = told.filter((one) => one !== null)
  return known.length === count ? known : null
}

/** Which instance is up, and what went to it and came from it: a row each. A look that failed has one row for all. */
export function sampleBalancer(spec: BalancerSamplerSpec): Sampler {
  const sample = async () => {
    const askedUs = spec.clock.monotonicUs()
    const row = (...cells: readonly unknown[]) => {
      const nowUs = spec.clock.monotonicUs()
      spec.writer.row([nowUs - spec.t0Us, nowUs - askedUs, ...cells])
    }
    try {
      const response = await fetch(spec.url, { signal: AbortSignal.timeout(answerTimeoutMs), redirect: 'error' })
      const told = readInstances(await response.json(), spec.instances.length)
      if (told === null) throw new Error('no list of the instances')
      for (const [index, instance] of spec.instances.entries()) row(null, instance, ...(told[index] ?? []))
    } catch (cause) {
      row(describeFetchError(cause, answerTimeoutMs), null, null, null, null, null)
    }
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}
