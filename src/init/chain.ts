import type { Json, JsonObject } from '../domain/json.ts'
import { fillTemplate } from '../domain/template.ts'
import { isObject } from '../mcp/answer.ts'
import type { DiscoveredTool } from './discovered-tool.ts'
import { answerDepthMax, answerRowsMax, answerValuesMax } from './limits.ts'
import { openArguments } from './open-arguments.ts'

/** What a tool answered to its trial: where in it there are rows, and the first of each. */
export interface TriedAnswer {
  readonly tool: string
  readonly rows: readonly { readonly at: string; readonly row: JsonObject }[]
}

/** Arguments by way of an earlier answer: search, then get by id. */
export interface Chain {
  readonly template: JsonObject
  readonly from: { readonly answer: string; readonly at: string }
  /** The template filled by the first row. */
  readonly first: JsonObject
}

/**
 * Ways to fill a tool's ids from what another has answered, the likeliest first: rows of the answer whose fields are
 * called as the arguments are, or `id` where the rows are of what the argument names. `rest`: what fits its schema.
 */
export function chainsFor(tool: DiscoveredTool, rest: JsonObject, answer: TriedAnswer): readonly Chain[] {
  const open = openArguments(tool.inputSchema)
  if (open.length === 0) return []
  const found = answer.rows.flatMap(({ at, row }) => {
    const about = wordsOf(`${answer.tool} ${at}`)
    const fields = open.flatMap((name) => {
      const field = fieldFor(name, row, about, tool.name)
      return field === null ? [] : [[name, `{${field}}`] as const]
    })
    if (fields.length === 0) return []
    const template: JsonObject = { ...(escaped(rest) as JsonObject), ...Object.fromEntries(fields) }
    return [{ template, from: { answer: answer.tool, at }, first: fillTemplate(template, row), fields: fields.length }]
  })
  return found.sort((a, b) => b.fields - a.fields).map(({ fields: _, ...chain }) => chain)
}

/** Lists of objects anywhere in an answer, and the answer itself where it is an object. Bounded. */
export function rowsIn(content: Json): TriedAnswer['rows'] {
  const found: { at: string; row: JsonObject }[] = []
  let looked = 0
  const look = (value: Json, at: string, depth: number): void => {
    if (++looked > answerValuesMax || found.length >= answerRowsMax || depth > answerDepthMax) return
    if (Array.isArray(value)) {
      const row: Json = value[0] ?? null
      if (isObject(row)) found.push({ at, row })
    } else if (isObject(value)) {
      for (const [key, each] of Object.entries(value)) look(each, `${at}/${escapedStep(key)}`, depth + 1)
      found.push({ at, row: value })
    }
  }
  look(content, '', 0)
  return found
}

function escapedStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** A field of the row for an argument; null: none. */
function fieldFor(argument: string, row: JsonObject, about: ReadonlySet<string>, tool: string): string | null {
  if (isField(row, argument)) {
    // An `id` alone says nothing of what: the two tools must be about the same.
    return argument.toLowerCase() !== 'id' || sharesWord(wordsOf(tool), about) ? argument : null
  }
  const [, noun] = /^(.+?)_?id$/i.exec(argument) ?? []
  if (noun === undefined || !sharesWord(wordsOf(noun), about)) return null
  return ['id', 'Id', 'ID', '_id', 'uuid'].find((field) => isField(row, field)) ?? null
}

function isField(row: JsonObject, name: string): boolean {
  const value = Object.hasOwn(row, name) ? row[name] : undefined
  return /^[A-Za-z_][\w-]*$/.test(name) && (typeof value === 'string' || typeof value === 'number')
}

/** Words of a name, in the singular as far as English goes by its last letters. */
function wordsOf(name: string): ReadonlySet<string> {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
  return new Set(words.map((word) => word.replace(/ies$/, 'y').replace(/s$/, '')).filter((word) => word.length > 1))
}

/** What a tool does says nothing of what it is about. */
const verbs = new Set([
  'get',
  'list',
  'search',
  'find',
  'fetch',
  'read',
  'query',
  'all',
  'by',
  'id',
  'result',
  'item',
  'data',
])

function sharesWord(words: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...words].some((word) => !verbs.has(word) && others.has(word))
}

/** What looks like a field's name and is meant as it stands. */
function escaped(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll(/\{([A-Za-z_][\w-]*)\}/g, '{{$1}}')
  if (Array.isArray(value)) return value.map((each: Json) => escaped(each))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escaped(each)]))
}
