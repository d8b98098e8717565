import type { Json, JsonObject } from './json.ts'

/** What a plan says of one tool, for a workload that has none of its own. */
export interface ToolPlan {
  /** Its relative share of the calls; 0: it is never called. */
  readonly weight: number
  /** Of which each call draws one. With `from` they are templates, and none means the row itself. */
  readonly arguments: readonly JsonObject[]
  /** Where the rows come from that fill the templates; null: nothing is filled in. */
  readonly from: RowSource | null
  readonly rules: ToolRules
  /** Codes of failed answers that are normal. */
  readonly expected: readonly string[]
  /** That it answers the same whatever it is asked is right. */
  readonly answers?: 'same'
}

export type RowSource =
  /** CSV, or JSON that is a list. Once the plan is read: absolute, or from the folder that Squall was started in, and what its bytes were. */
  | { readonly kind: 'file'; readonly file: string; readonly sha256?: string }
  /** Asked once, before the load, on the plan's database. */
  | { readonly kind: 'query'; readonly query: string }
  /** What the user's newest answer of that tool had at a JSON Pointer. */
  | { readonly kind: 'answer'; readonly tool: string; readonly at: string }

/** How a tool's answers tell a failure: in place of the rule on fields `status` and `success`, where there is any. */
export interface ToolRules {
  /** An answer for which it does not hold failed. */
  readonly success: AnswerRule | null
  /** An answer for which it holds failed. */
  readonly failed: AnswerRule | null
}

export interface AnswerRule {
  /** JSON Pointer into the answer's content. */
  readonly at: string
  readonly test:
    | { readonly kind: 'is' | 'isNot'; readonly values: readonly Json[] }
    | { readonly kind: 'present'; readonly present: boolean }
}
