/** What users do, as data: the interface that every workload file in scenarios/ fills in. */

/** A generator of numbers that depends only on the run's seed, the user and the slot: one seed, one set of arguments. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [min, max], both included. */
  int(min: number, max: number): number
  pick<T>(items: readonly T[]): T
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** What one user remembers from one call to the next, such as the version of the customer it read last. */
export type Memory = Record<string, Json>

/** `expected`: an answer the workload declares normal. A string: why this answer cannot be right (`wrong_answer`). */
export type Check = 'ok' | 'expected' | 'degraded' | { readonly wrong: string }

export interface ToolUse {
  readonly name: string
  /** Relative share of the calls; a plan may change it by `load.with.tools.<name>.weight`. 0 turns the tool off. */
  readonly weight: number
  arguments(random: Random, memory: Memory): JsonObject
  /**
   * Looks at the content of a successful answer (`structuredContent`, else the first text block read as JSON).
   * An answer that says it failed (`status` or `success` field) has been classified before and does not come here.
   */
  check?(answer: Json, args: JsonObject, memory: Memory): Check
  /** Error codes or texts of failed answers that the workload declares normal, as found in the answer's `code` field. */
  readonly expectedCodes?: readonly string[]
}

/** A tool that leaves one row for each call, so that writes can be counted one by one. */
export interface LedgerTool {
  readonly name: string
  /** `mark` is to be found in the row. */
  arguments(mark: string): JsonObject
  /** SQL that gives each mark that begins with `$1`, and how many rows have it: columns `mark` and `copies`. */
  readonly survivors: string
}

export interface Workload {
  readonly name: string
  readonly tools: readonly ToolUse[]
  /** Without one, a plan cannot have its ledger written by this workload's server. */
  readonly ledger?: LedgerTool
}
