import { rowsOf } from '../src/domain/rows.ts'
import { fillTemplate } from '../src/domain/template.ts'
import { atAnswer } from '../src/mcp/wrapped.ts'
import type { Json, JsonObject, Memory, PlannedTool, Random, ToolUse, WorkloadMaker } from './lib/workload.ts'

/** Of an answer: as many as a user would look through. */
const rememberedMax = 100

/**
 * The tools that the plan names, on any server: arguments as written there, from rows of a file or a query, or from
 * what an earlier tool answered to the same user.
 */
const mcpTools: WorkloadMaker = (tools) => ({
  name: 'mcp-tools',
  tools: tools.map((tool): ToolUse => {
    const { name, weight, after, rules, expected } = tool
    const readers = tools.flatMap((other) => (other.after?.tool === name ? [other.after.at] : []))
    return {
      name,
      weight,
      arguments: (random, memory) => argumentsOf(tool, random, memory),
      expectedCodes: expected,
      ...(rules === undefined ? {} : { rules }),
      ...(after === null ? {} : { after: after.tool, waits: (memory) => memory[memoryKey(after)] === undefined }),
      ...(readers.length === 0 ? {} : sourceFor(name, readers)),
    }
  }),
})

export default mcpTools

function argumentsOf({ templates, rows, after }: PlannedTool, random: Random, memory: Memory): JsonObject {
  const template = templates.length === 0 ? null : random.pick(templates)
  if (after === null && rows === null) return template ?? {}
  const row = after === null ? drawn(rows, random) : remembered(after, random, memory)
  return template === null ? row : fillTemplate(template, row)
}

function drawn(rows: PlannedTool['rows'], random: Random): JsonObject {
  const row = rows?.[random.int(0, rows.length - 1)]
  if (row === undefined) throw new Error('there are no rows')
  return row
}

/** What a tool does from whose answers others take what lies `at` one of the pointers. */
function sourceFor(tool: string, readers: readonly string[]): Pick<ToolUse, 'check' | 'lacks'> {
  return {
    check: (answer, _, memory) => remember(tool, readers, answer, memory),
    lacks: (memory) => readers.some((at) => memory[memoryKey({ tool, at })] === undefined),
  }
}

/** The newest answer that had any rows counts: one that found nothing leaves what was known before. */
function remember(tool: string, pointers: readonly string[], answer: Json, memory: Memory): 'ok' {
  for (const at of pointers) {
    const rows = rowsOf(atAnswer(answer, at) ?? null, rememberedMax)
    if (rows.length > 0) memory[memoryKey({ tool, at })] = rows
  }
  return 'ok'
}

function remembered(after: NonNullable<PlannedTool['after']>, random: Random, memory: Memory): JsonObject {
  const rows = memory[memoryKey(after)] as readonly JsonObject[] | undefined
  if (rows === undefined) throw new Error(`no answer of ${after.tool} had anything at "${after.at}"`)
  return random.pick(rows)
}

function memoryKey({ tool, at }: NonNullable<PlannedTool['after']>): string {
  return `${tool} ${at}`
}
