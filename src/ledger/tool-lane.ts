import type { Clock } from '../domain/clock.ts'
import { isGood } from '../domain/outcome.ts'
import type { Classified } from '../mcp/classify.ts'
import type { McpClient } from '../mcp-client/client.ts'
import { connectTo, type McpTarget } from '../mcp-client/target.ts'
import { describeFetchError } from '../observe/pool.ts'
import type { WriteLane } from './open-model.ts'
import type { WriteEnd } from './record.ts'

/** Above a tool's usual time, below its limit: who waits longer for a write has long been told that it is not known. */
export const toolPatienceMs = 5_000

export interface LedgerCall {
  readonly clock: Clock
  readonly target: McpTarget
  readonly tool: string
  /** The call's arguments for one write. */
  argumentsOf(op: string): object
}

/** As a user writes: by a tool of the server, in a session of its own. */
export class ToolLane implements WriteLane {
  readonly #call: LedgerCall
  readonly #name: string
  #client: McpClient | null = null

  constructor(call: LedgerCall, lane: number) {
    this.#call = call
    this.#name = `squall-ledger-${lane}`
  }

  async write(op: string): Promise<WriteEnd> {
    const { target, tool, argumentsOf, clock } = this.#call
    const endUs = clock.monotonicUs() + toolPatienceMs * 1_000
    const leftMs = (): number => Math.max(1, Math.round((endUs - clock.monotonicUs()) / 1_000))
    try {
      this.#client ??= await connectTo(target, { name: this.#name, limitMs: leftMs() })
    } catch (error) {
      // Never sent.
      return { outcome: 'failed', why: describeFetchError(error, toolPatienceMs) }
    }
    try {
      const called = await this.#client.callOnce(tool, argumentsOf(op), leftMs())
      // Its session is gone, so that the next write begins with another.
      if (called.status === 404) this.close()
      return endOfAnswer(called.status, called)
    } catch (error) {
      const why = describeFetchError(error, toolPatienceMs)
      return { outcome: why === 'ECONNREFUSED' ? 'failed' : 'unknown', why }
    }
  }

  close(): void {
    void this.#client?.close()
    this.#client = null
  }
}

/**
 * `failed` only where the call was refused before any work, for its session or its rate. All else that a server says when
 * it fails leaves open what it had done by then.
 */
export function endOfAnswer(status: number, { outcome, detail }: Classified): WriteEnd {
  if (isGood(outcome)) return { outcome: 'ok', why: null }
  const isDefinite = status === 404 || outcome === 'rate_limited'
  return { outcome: isDefinite ? 'failed' : 'unknown', why: `${outcome}: ${detail ?? ''}` }
}
