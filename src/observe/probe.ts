import type { Clock } from '../domain/clock.ts'
import { isGood } from '../domain/outcome.ts'
import { classify } from '../mcp/classify.ts'
import { callToolBody } from '../mcp/protocol.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'
import { openSession, post } from './mcp-session.ts'
import { describeFetchError } from './pool.ts'

export interface ReadyProbeSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  readonly readyUrl: string
  /** What its rows are called. */
  readonly name: string
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

const timeoutMs = 1_500

/** Asks the system whether it is ready, as its load balancer would; what it says is recorded, not believed. */
export function probeReady(spec: ReadyProbeSpec): Sampler {
  const sample = async () => {
    const askedUs = spec.clock.monotonicUs()
    let error: string | null = null
    try {
      const response = await fetch(spec.readyUrl, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
      await response.body?.cancel()
      if (!response.ok) error = `HTTP ${response.status}`
    } catch (cause) {
      error = describeFetchError(cause, timeoutMs)
    }
    const endedUs = spec.clock.monotonicUs()
    spec.writer.row([askedUs - spec.t0Us, endedUs - spec.t0Us, spec.name, null, error === null, error])
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}

export interface ToolProbeSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  readonly mcpUrl: string
  readonly tool: string
  readonly arguments: object
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

/** One cheap tool call through the whole path, in a session apart from the users'. */
export function probeTool(spec: ToolProbeSpec): Sampler {
  let headers: Record<string, string> | null = null
  let count = 0
  const call = async (): Promise<string | null> => {
    headers ??= await openSession(spec.mcpUrl, 'squall-probe', timeoutMs)
    count += 1
    const id = `squall-probe-${count}`
    const response = await post(spec.mcpUrl, callToolBody(id, spec.tool, spec.arguments), headers, timeoutMs)
    const { outcome, detail } = classify(response.status, await response.text(), id)
    if (response.status === 404) headers = null
    return isGood(outcome) ? null : `${outcome}: ${detail ?? ''}`
  }
  const sample = async () => {
    const askedUs = spec.clock.monotonicUs()
    let error: string | null
    try {
      error = await call()
    } catch (cause) {
      error = describeFetchError(cause, timeoutMs)
    }
    const endedUs = spec.clock.monotonicUs()
    spec.writer.row([askedUs - spec.t0Us, endedUs - spec.t0Us, 'tool', null, error === null, error])
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}
