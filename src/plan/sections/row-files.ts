import type { Catalogue } from '../../domain/catalogue.ts'
import type { JsonObject } from '../../domain/json.ts'
import { fillTemplate } from '../../domain/template.ts'
import type { ToolPlan } from '../../domain/tool-plan.ts'
import type { Problems } from '../problems.ts'
import type { Spot } from '../shape.ts'
import { child } from '../tree.ts'

/**
 * The tools with their files as the run will find them: counted from the plan's file that names each. One that is not
 * there, is no list of rows, or does not fill the arguments is a problem. Those of tools that are off are not read.
 */
export function foundFiles(
  spot: Spot,
  tools: Readonly<Record<string, ToolPlan>>,
  rowFile: Catalogue['rowFile'],
  problems: Problems,
): Readonly<Record<string, ToolPlan>> {
  return Object.fromEntries(
    Object.entries(tools).map(([name, tool]) => {
      const { from, weight } = tool
      if (from?.kind !== 'file' || weight === 0) return [name, tool]
      const place = (child(child(child(spot.tree, name), 'from'), 'file') ?? spot.tree).place
      const isFlag = place.file === null || place.file.startsWith('--')
      const found = rowFile(from.file, isFlag ? null : place.file)
      const problem = 'rows' in found ? unfilled(tool.arguments, found.rows) : found.problem
      if (problem !== null) {
        const expected = `a CSV or JSON file with rows for the arguments: ${found.file}: ${problem}`
        problems.add(place, `${spot.path}.${name}.from.file`, from.file, expected)
      }
      const content = 'rows' in found ? { sha256: found.sha256 } : {}
      return [name, { ...tool, from: { kind: 'file', file: found.file, ...content } }]
    }),
  )
}

/** What the first row lacks that does not fill every template; null: all do. */
function unfilled(templates: readonly JsonObject[], rows: readonly JsonObject[]): string | null {
  for (const [index, row] of rows.entries()) {
    try {
      for (const template of templates) fillTemplate(template, row)
    } catch (error) {
      return `row ${index + 1}: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  return null
}
