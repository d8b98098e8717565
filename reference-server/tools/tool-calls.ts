import { uptimeMs } from '../clock.ts'
import { asFailure } from '../failure.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Pool } from '../pool/pool.ts'
import { runTool, type ToolResult } from './run-tool.ts'
import type { Tool } from './tool.ts'
import type { ArgumentChecks } from './validate.ts'

// What callers are told when they ask for what is not there is no event for the operator.
const unremarkable: ReadonlySet<string> = new Set(['not_found', 'version_conflict', 'invalid_arguments', 'rejected'])

/** Every tool call passes here: checked, run, counted, logged. */
export class ToolCalls {
  readonly #pool: Pool
  readonly #checks: ArgumentChecks
  readonly #metrics: Metrics
  readonly #log: Log
  readonly #timeoutMs: number
  #open = 0

  constructor(pool: Pool, checks: ArgumentChecks, metrics: Metrics, log: Log, timeoutMs: number) {
    this.#pool = pool
    this.#checks = checks
    this.#metrics = metrics
    this.#log = log
    this.#timeoutMs = timeoutMs
  }

  get open(): number {
    return this.#open
  }

  /** Never rejects. */
  async call(tool: Tool, args: unknown): Promise<ToolResult> {
    const sinceMs = uptimeMs()
    this.#open += 1
    const result = await this.#checkedCall(tool, args)
    this.#open -= 1
    const durationMs = uptimeMs() - sinceMs
    this.#metrics.toolEnded(tool.name, result.ok, durationMs)
    if (!result.ok && !unremarkable.has(result.failure.code)) {
      const { code, message } = result.failure
      this.#log.error('tool failed', { tool: tool.name, code, why: message, durationMs: Math.round(durationMs) })
    }
    return result
  }

  async #checkedCall(tool: Tool, args: unknown): Promise<ToolResult> {
    try {
      return await runTool(this.#pool, tool, this.#checks.apply(tool, args), this.#timeoutMs)
    } catch (error) {
      return { ok: false, failure: asFailure(error) }
    }
  }
}
