import type { Clock } from '../domain/clock.ts'
import { isGood } from '../domain/outcome.ts'
import type { McpClient } from '../mcp-client/client.ts'
import { connectTo, type McpTarget } from '../mcp-client/target.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'
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
    spec.writer.row([askedUs - spec.t0Us, endedUs - spec.t0Us, spec.name, null, error === null, error, null])
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}

export interface ToolProbeSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  readonly target: McpTarget
  readonly tool: string
  readonly arguments: object
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

/** One cheap tool call through the whole path, in a session apart from the users'. */
export function probeTool(spec: ToolProbeSpec): Sampler {
  let client: McpClient | null = null
  const call = async (): Promise<string | null> => {
    client ??= await connectTo(spec.target, { name: 'squall-probe', limitMs: timeoutMs })
    const { outcome, detail } = await client.callOnce(spec.tool, spec.arguments)
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
    spec.writer.row([askedUs - spec.t0Us, endedUs - spec.t0Us, 'tool', null, error === null, error, null])
  }
  const loop = sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
  const stop = async () => {
    await loop.stop()
    const last = client
    client = null
    await last?.close()
  }
  return { stop, [Symbol.asyncDispose]: stop }
}
