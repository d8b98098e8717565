import { after, wait } from '../clock.ts'
import { asFailure, Failure } from '../failure.ts'
import type { Row } from '../pool/connection.ts'
import type { Pool } from '../pool/pool.ts'
import type { Answer, Tool } from './tool.ts'
import { inTransaction } from './transaction.ts'

// A deadlock is over when its rivals are through: 3 tries, 0.1 s x 2^n between them.
const tryCountMax = 3
const firstRetryMs = 100

export type ToolResult =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: Failure }

/**
 * Runs a tool on one connection of the pool, in one transaction, within the tool's time; 0 means no limit. Never
 * rejects. At the time-out a caller that still waits leaves the queue, and a connection at work is destroyed.
 */
export async function runTool(pool: Pool, tool: Tool, args: Row, timeoutMs: number): Promise<ToolResult> {
  const abort = new AbortController()
  const cancel = after(timeoutMs, () => abort.abort(toolTimeout(tool, timeoutMs)))
  try {
    return { ok: true, answer: await withRetries(pool, tool, args, abort.signal) }
  } catch (error) {
    return { ok: false, failure: asFailure(error) }
  } finally {
    cancel()
  }
}

async function withRetries(pool: Pool, tool: Tool, args: Row, signal: AbortSignal): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pool.run(signal, (connection) =>
        inTransaction(connection, tool.access, (transaction) => tool.run(transaction, args)),
      )
    } catch (error) {
      const again = error instanceof Failure && error.code === 'deadlock' && attempt < tryCountMax
      if (!again) throw error
      // Without the connection: others may need it meanwhile.
      await wait(firstRetryMs * 2 ** (attempt - 1))
      if (signal.aborted) throw signal.reason
    }
  }
}

function toolTimeout(tool: Tool, timeoutMs: number): Failure {
  return new Failure('tool_timeout', `${tool.name} did not finish within ${timeoutMs} ms`, { timeout_ms: timeoutMs })
}
