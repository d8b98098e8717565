import type { Clock } from '../domain/clock.ts'
import { isGood } from '../domain/outcome.ts'
import { type Classified, classify } from '../mcp/classify.ts'
import { callToolBody } from '../mcp/protocol.ts'
import { openSession, post } from '../observe/mcp-session.ts'
import { describeFetchError } from '../observe/pool.ts'
import type { WriteLane } from './open-model.ts'
import type { WriteEnd } from './record.ts'

/** Above a tool's usual time, below its limit: who waits longer for a write has long been told that it is not known. */
export const toolPatienceMs = 5_000

export interface LedgerCall {
  readonly clock: Clock
  readonly mcpUrl: string
  readonly tool: string
  /** The call's arguments for one write. */
  argumentsOf(op: string): object
}

/** As a user writes: by a tool of the server, in a session of its own. */
export class ToolLane implements WriteLane {
  readonly #call: LedgerCall
  readonly #name: string
  #headers: Record<string, string> | null = null

  constructor(call: LedgerCall, lane: number) {
    this.#call = call
    this.#name = `squall-ledger-${lane}`
  }

  async write(op: string): Promise<WriteEnd> {
    const { mcpUrl, tool, argumentsOf, clock } = this.#call
    const endUs = clock.monotonicUs() + toolPatienceMs * 1_000
    const leftMs = (): number => Math.max(1, Math.round((endUs - clock.monotonicUs()) / 1_000))
    try {
      this.#headers ??= await openSession(mcpUrl, this.#name, leftMs())
    } catch (error) {
      // Never sent.
      return { outcome: 'failed', why: describeFetchError(error, toolPatienceMs) }
    }
    const id = `${this.#name}-${op}`
    try {
      const response = await post(mcpUrl, callToolBody(id, tool, argumentsOf(op)), this.#headers, leftMs())
      const answer = classify(response.status, await response.text(), id)
      if (response.status === 404) this.#headers = null
      return endOfAnswer(response.status, answer)
    } catch (error) {
      const why = describeFetchError(error, toolPatienceMs)
      return { outcome: why === 'ECONNREFUSED' ? 'failed' : 'unknown', why }
    }
  }

  close(): void {
    this.#headers = null
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
