import type { PlannedTool } from '../../scenarios/lib/workload.ts'
import type { JsonObject } from '../domain/json.ts'
import { fillTemplate } from '../domain/template.ts'
import type { ToolPlan } from '../domain/tool-plan.ts'
import { LoadError } from './load-error.ts'
import { rowsOfQuery } from './rows/query.ts'
import { rowsOfFile } from './rows/read-file.ts'

export interface RowsPlace {
  readonly seed: number
  /** postgres://… of the database that is up; null: the plan has none. Waited for only where a query asks. */
  readonly databaseUrl: () => Promise<string | null>
}

/**
 * The plan's tools with the rows that their arguments are made of. Those of weight 0 are left out: nothing calls them.
 * Throws one LoadError that lists every source that gives no rows, and every template that its rows do not fill.
 */
export async function resolveTools(
  tools: Readonly<Record<string, ToolPlan>>,
  place: RowsPlace,
): Promise<readonly PlannedTool[]> {
  const problems: string[] = []
  const resolved: PlannedTool[] = []
  for (const [name, tool] of Object.entries(tools)) {
    if (tool.weight === 0) continue
    try {
      resolved.push(await resolveTool(name, tool, place))
    } catch (error) {
      problems.push(`load.with.tools.${name}.from: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (problems.length === 0) return resolved
  throw new LoadError('workload', problems.join('; '), 'docs/plan.md says where arguments can come from')
}

async function resolveTool(name: string, tool: ToolPlan, place: RowsPlace): Promise<PlannedTool> {
  const { weight, arguments: templates, from, rules, expected } = tool
  const ruled = rules.success !== null || rules.failed !== null ? { rules } : {}
  const common = { name, weight, templates, ...ruled, expected }
  if (from === null) return { ...common, rows: null, after: null }
  if (from.kind === 'answer') return { ...common, rows: null, after: { tool: from.tool, at: from.at } }
  const rows = from.kind === 'file' ? rowsOfFile(from.file, place.seed) : await queried(from.query, place)
  for (const row of rows) for (const template of templates) fillTemplate(template, row)
  return { ...common, rows, after: null }
}

async function queried(query: string, place: RowsPlace): Promise<readonly JsonObject[]> {
  const url = await place.databaseUrl()
  if (url === null) throw new RangeError('a query needs a database, and the plan has none')
  return await rowsOfQuery(url, query)
}
