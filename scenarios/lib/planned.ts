import type { WordProblem } from '../../src/domain/words.ts'
import type { HttpWorkload } from './http.ts'
import type { SqlWorkload } from './sql.ts'
import type { JsonObject, Workload } from './workload.ts'

export type { WordProblem }

/** A workload whose calls stand in the plan, under `load.with`. */
export interface PlannedWorkload<W extends HttpWorkload | SqlWorkload = HttpWorkload | SqlWorkload> {
  readonly name: string
  /** One line for `squall list workloads`. */
  readonly title: string
  readonly protocol: W['protocol']
  /** Pure, and the same each time: the harness asks when it checks the plan, and k6 again when it makes the calls. */
  fromPlan(words: JsonObject): W | readonly WordProblem[]
}

/** What a workload file exports by default. One without a protocol speaks MCP. */
export type AnyWorkload = (Workload & { readonly protocol?: 'mcp' }) | HttpWorkload | SqlWorkload
export type WorkloadExport = AnyWorkload | PlannedWorkload

/** The workload itself, by the plan's words where it needs them. Throws for words that have not been checked. */
export function made<W extends HttpWorkload | SqlWorkload>(workload: W | PlannedWorkload<W>, words: JsonObject): W {
  if (!('fromPlan' in workload)) return workload
  const found = workload.fromPlan(words)
  if (!('name' in found)) throw new Error(`load.with: ${found.map(({ path, expected }) => `${path}: ${expected}`)}`)
  return found
}
