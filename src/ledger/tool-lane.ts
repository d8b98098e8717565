import { isGood } from '../domain/outcome.ts'
import { classify } from '../mcp/classify.ts'
import { callToolBody } from '../mcp/protocol.ts'
import { openSession, post } from '../observe/mcp-session.ts'
import { describeFetchError } from '../observe/pool.ts'
import type { WriteLane } from './open-model.ts'
import type { WriteEnd } from './record.ts'

/** Above a tool's usual time, below its limit: who waits longer for a write has long been told that it is not known. */
export const toolPatienceMs = 5_000

export interface LedgerCall {
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
    const { mcpUrl, tool, argumentsOf } = this.#call
    try {
      this.#headers ??= await openSession(mcpUrl, this.#name, toolPatienceMs)
    } catch (error) {
      // Never sent.
      return { outcome: 'failed', why: describeFetchError(error, toolPatienceMs) }
    }
    const id = `${this.#name}-${op}`
    try {
      const response = await post(mcpUrl, callToolBody(id, tool, argumentsOf(op)), this.#headers, toolPatienceMs)
      const { outcome, detail } = classify(response.status, await response.text(), id)
      if (isGood(outcome)) return { outcome: 'ok', why: null }
      if (response.status === 404) this.#headers = null
      // Refused before any work. All else that a server says when it fails leaves open what it had done by then.
      const isDefinite = response.status === 404 || outcome === 'rate_limited'
      return { outcome: isDefinite ? 'failed' : 'unknown', why: `${outcome}: ${detail ?? ''}` }
    } catch (error) {
      const why = describeFetchError(error, toolPatienceMs)
      return { outcome: why === 'ECONNREFUSED' ? 'failed' : 'unknown', why }
    }
  }

  close(): void {
    this.#headers = null
  }
}
