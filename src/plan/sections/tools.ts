import type { Json, JsonObject } from '../../domain/json.ts'
import { isPointer } from '../../domain/pointer.ts'
import type { AnswerRule, RowSource, ToolPlan } from '../../domain/tool-plan.ts'
import { type Known, textOf } from '../known.ts'
import { weightMax } from '../limits.ts'
import { didYouMean, listNames, type Problems } from '../problems.ts'
import {
  anyText,
  bool,
  complain,
  list,
  mapOf,
  numberIn,
  object,
  optional,
  type Read,
  required,
  type Spot,
} from '../shape.ts'
import { child, isEmpty } from '../tree.ts'
import { json, jsonObject } from './json.ts'
import { foundFiles } from './row-files.ts'
import { sameAnswers } from './same-answers.ts'

/** `load.with.tools` of a workload that has no tools of its own: what is called, with what, and what a failure is. */
export function plannedTools({ catalogue, nodes }: Known): Read<Readonly<Record<string, ToolPlan>>> {
  const hasDatabase = [...nodes.values()].some((node) => textOf(child(node, 'role')) === 'postgres')
  return (spot, problems) => {
    const written = mapOf(() => tool)(spot, problems)
    if (written === undefined) return undefined
    checkSources(spot, written, hasDatabase, problems)
    const tools = foundFiles(spot, written, catalogue.rowFile, problems)
    if (Object.values(tools).some(({ weight }) => weight > 0)) return tools
    return complain(spot, problems, 'at least one tool with a weight above 0')
  }
}

const tool: Read<ToolPlan> = (spot, problems) => {
  const found = object({
    weight: optional(numberIn(0, weightMax), 1),
    arguments: optional<readonly JsonObject[]>(oneOrMany, []),
    from: optional<RowSource | null>(rowSource, null),
    success: optional<AnswerRule | null>(answerRule, null),
    failed: optional<AnswerRule | null>(answerRule, null),
    expected: optional<readonly string[]>(list(anyText), []),
    answers: sameAnswers,
  })(spot, problems)
  if (found === undefined) return undefined
  const { weight, from, success, failed, expected, answers } = found
  const rules = { success, failed }
  return { weight, arguments: found.arguments, from, rules, expected, ...(answers === null ? {} : { answers }) }
}

/** A list of sets of arguments, or the only one. */
const oneOrMany: Read<readonly JsonObject[]> = (spot, problems) => {
  if (spot.tree.kind === 'list') return list(jsonObject, 1)(spot, problems)
  const only = jsonObject(spot, problems)
  return only === undefined ? undefined : [only]
}

const pointer: Read<string> = (spot, problems) => {
  const { tree } = spot
  if (tree.kind === 'scalar' && typeof tree.value === 'string' && isPointer(tree.value)) return tree.value
  return complain(spot, problems, 'a JSON Pointer, such as /items, or "" for the whole answer')
}

const rowFields = {
  file: optional<string | null>(anyText, null),
  query: optional<string | null>(anyText, null),
  answer: optional<string | null>(anyText, null),
  at: optional<string | null>(pointer, null),
}

const rowSource: Read<RowSource> = (spot, problems) => {
  const found = object(rowFields)(spot, problems)
  if (found === undefined) return undefined
  const { file, query, answer, at } = found
  if ([file, query, answer].filter((each) => each !== null).length !== 1 || (at !== null && answer === null)) {
    return complain(spot, problems, '{file: rows.csv}, {query: select …} or {answer: <tool>, at: /items}')
  }
  if (file !== null) return { kind: 'file', file }
  if (query !== null) return { kind: 'query', query }
  return { kind: 'answer', tool: answer ?? '', at: at ?? '' }
}

const ruleFields = {
  at: required(pointer),
  is: optional<readonly Json[] | null>(scalars, null),
  is_not: optional<readonly Json[] | null>(scalars, null),
  present: optional<boolean | null>(bool, null),
}

const answerRule: Read<AnswerRule> = (spot, problems) => {
  const found = object(ruleFields)(spot, problems)
  if (found === undefined) return undefined
  const { at, is, is_not: isNot, present } = found
  if ([is, isNot, present].filter((each) => each !== null).length !== 1) {
    return complain(spot, problems, '{at: /status, is: done}: at, and one of is, is_not and present')
  }
  if (present !== null) return { at, test: { kind: 'present', present } }
  return { at, test: is === null ? { kind: 'isNot', values: isNot ?? [] } : { kind: 'is', values: is } }
}

/** A value without parts, or a list of them. */
function scalars(spot: Spot, problems: Problems): readonly Json[] | undefined {
  const value = json(spot, problems)
  const values: readonly Json[] = Array.isArray(value) ? value : [value ?? null]
  if (!isEmpty(spot.tree) && values.every((each) => typeof each !== 'object')) return values
  return complain(spot, problems, 'a text, a number, true or false, or a list of them')
}

/** A query has somebody to ask; an earlier tool is one that is called, and no chain of them bites its own tail. */
function checkSources(
  spot: Spot,
  tools: Readonly<Record<string, ToolPlan>>,
  hasDatabase: boolean,
  problems: Problems,
): void {
  const called = Object.keys(tools).filter((name) => (tools[name]?.weight ?? 0) > 0)
  for (const name of called) {
    const from = tools[name]?.from
    const tree = child(child(spot.tree, name), 'from') ?? spot.tree
    if (from?.kind === 'query' && !hasDatabase) {
      const expected = 'a node with the role postgres to ask, or --database beside --target'
      problems.add(tree.place, `${spot.path}.${name}.from.query`, from.query, expected)
    }
    if (from?.kind !== 'answer') continue
    const path = `${spot.path}.${name}.from.answer`
    if (!called.includes(from.tool)) {
      const expected = `a tool of the plan with a weight above 0: ${listNames(called)}${didYouMean(from.tool, called)}`
      problems.add(tree.place, path, from.tool, expected)
    } else if (leadsBack(name, tools)) {
      problems.add(tree.place, path, from.tool, `a tool whose own arguments do not come from ${name}`)
    }
  }
}

function leadsBack(name: string, tools: Readonly<Record<string, ToolPlan>>): boolean {
  const seen = new Set<string>()
  let from = tools[name]?.from
  while (from?.kind === 'answer' && !seen.has(from.tool)) {
    if (from.tool === name) return true
    seen.add(from.tool)
    from = tools[from.tool]?.from
  }
  return false
}
