/** What users do, as data: the interface that every workload file in scenarios/ fills in. */
import type { Json, JsonObject } from '../../src/domain/json.ts'
import type { ToolRules } from '../../src/domain/tool-plan.ts'

/** A generator of numbers that depends only on the run's seed, the user and the slot: one seed, one set of arguments. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [min, max], both included. */
  int(min: number, max: number): number
  pick<T>(items: readonly T[]): T
}

export type { Json, JsonObject }

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
  /** How an answer says that it failed, in place of its `status` or `success` field. */
  readonly rules?: ToolRules
  /**
   * The tool from whose answers the arguments come, by way of the memory. Each user calls it before the load, which is not
   * recorded, so that there is something from the first slot on: once, or as long as it `lacks` something, with bounds.
   */
  readonly after?: string
  /** With `after`: whether there is nothing yet to take the arguments from. The slot's call is one of the source then. */
  waits?(memory: Memory): boolean
  /** Of such a source: whether its answers so far leave somebody without arguments. It is asked again then, with others. */
  lacks?(memory: Memory): boolean
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
  /**
   * All tables that its tools write, as `schema.table`: a drill finds any other that is not afterwards what it was. Without
   * it, no table's rows are compared.
   */
  readonly writes?: readonly string[]
}

/** A tool of the plan, with what its arguments are made of. */
export interface PlannedTool {
  readonly name: string
  readonly weight: number
  /** Of which each call draws one; none: the row itself, and without rows no arguments. */
  readonly templates: readonly JsonObject[]
  /** Of which each call draws one, to fill the template; null: there are none. */
  readonly rows: { readonly length: number; readonly [index: number]: JsonObject } | null
  /** The rows are in the newest answer of that tool, at this JSON Pointer; null: they are not. */
  readonly after: { readonly tool: string; readonly at: string } | null
  readonly rules?: ToolRules
  readonly expected: readonly string[]
}

/** A workload without tools of its own: its file exports this by default. */
export type WorkloadMaker = (tools: readonly PlannedTool[]) => Workload
